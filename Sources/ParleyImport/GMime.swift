import CGMime
import Glibc

// Everything unsafe of this module but the calls for files (FileSystem.swift) stands in this file: GMime and GLib
// objects, their C strings, iconv. Nothing of it leaves: functions take and return Swift values. Ownership is by
// scope: whatever a call hands over is released by a `defer` beside that call, and borrowed pointers (GMime's
// getters) are read before the owner goes.

/// GMime's parser with its options, as bytes in and a tree of Swift values out.
///
/// One instance serves one task at a time; it keeps GMime's options and the warnings of the message at hand.
@safe final class GMimeParser {
  private let options: OpaquePointer
  private let warnings = WarningList()
  private let limits: MailLimits

  /// What was met while the tree was built: too deep, too many, not as it said.
  private(set) var found: Set<MailDefect> = []
  private var partCount = 0

  init(limits: MailLimits) {
    GMime.start()
    self.limits = limits
    unsafe options = g_mime_parser_options_new()
    unsafe g_mime_parser_options_set_allow_addresses_without_domain(options, 1)
    // Headers in raw 8-bit are tried in this order; GMime copies the list.
    unsafe "utf-8".withCString { utf8 in
      unsafe "windows-1252".withCString { windows in
        var charsets: [UnsafePointer<CChar>?] = unsafe [utf8, windows, nil]
        unsafe g_mime_parser_options_set_fallback_charsets(options, &charsets)
      }
    }
    // Sound: the list lives as long as the options, both are this object's, and the callback only runs inside
    // calls that this object makes.
    unsafe g_mime_parser_options_set_warning_callback(
      options,
      { _, code, _, list in
        guard let list = unsafe list else { return }
        unsafe Unmanaged<WarningList>.fromOpaque(list).takeUnretainedValue().codes.insert(code.rawValue)
      }, Unmanaged.passUnretained(warnings).toOpaque())
  }

  deinit {
    unsafe g_mime_parser_options_free(options)
  }

  /// The message's parts; nil when GMime finds no message at all.
  func parse(_ bytes: [UInt8]) -> MailPart? {
    warnings.codes = []
    found = []
    partCount = 0
    return parse(bytes, depth: 0)
  }

  private func parse(_ stated: [UInt8], depth: Int) -> MailPart? {
    let flat = AddressGroups.flattened(stated, groupsMax: limits.groupsMax)
    if flat != nil { found.insert(.tooManyAddresses) }
    let bytes = flat ?? stated
    return unsafe bytes.withUnsafeBufferPointer { buffer -> MailPart? in
      let text = unsafe UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
      guard let stream = unsafe g_mime_stream_mem_new_with_buffer(text, buffer.count) else { return nil }
      defer { unsafe g_object_unref(stream) }
      guard let parser = unsafe g_mime_parser_new_with_stream(stream) else { return nil }
      defer { unsafe g_object_unref(parser) }
      unsafe g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE)
      unsafe g_mime_parser_set_respect_content_length(parser, 0)
      guard let message = unsafe g_mime_parser_construct_message(parser, options) else { return nil }
      defer { unsafe g_object_unref(message) }
      return unsafe part(of: message, depth: depth)
    }
  }

  /// The structural warnings of the last parse, as GMime numbers them.
  var structuralDefects: Set<MailDefect> {
    var defects = found
    for code in warnings.codes {
      switch code {
      case GMIME_CRIT_INVALID_HEADER_NAME.rawValue: defects.insert(.invalidHeader)
      case GMIME_WARN_MALFORMED_MULTIPART.rawValue, GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY.rawValue,
        GMIME_WARN_TRUNCATED_MESSAGE.rawValue, GMIME_WARN_MALFORMED_MESSAGE.rawValue,
        GMIME_WARN_PART_WITHOUT_CONTENT.rawValue, GMIME_CRIT_PART_WITHOUT_HEADERS_OR_CONTENT.rawValue:
        defects.insert(.brokenStructure)
      case GMIME_CRIT_NESTING_OVERFLOW.rawValue: defects.insert(.tooDeep)
      default: break
      }
    }
    return defects
  }

  // MARK: Headers

  /// An unstructured header's text: unfolded, RFC 2047 words decoded, raw 8-bit read as UTF-8 or windows-1252.
  func text(ofHeader raw: [UInt8]) -> String {
    unsafe withCString(raw) { raw in
      guard let unfolded = unsafe g_mime_utils_header_unfold(raw) else { return "" }
      defer { unsafe g_free(unfolded) }
      return unsafe takeString(g_mime_utils_header_decode_text(options, unfolded))
    }
  }

  /// The addresses of a structured header, groups flattened in order.
  func addresses(ofHeader raw: [UInt8]) -> [MailAddress] {
    unsafe withCString(raw) { raw in
      guard let list = unsafe internet_address_list_parse(options, raw) else { return [] }
      defer { unsafe g_object_unref(list) }
      var addresses: [MailAddress] = []
      unsafe collect(list, depth: 0, into: &addresses)
      return addresses
    }
  }

  private func collect(
    _ list: UnsafeMutablePointer<InternetAddressList>, depth: Int, into addresses: inout [MailAddress]
  ) {
    guard depth <= limits.groupDepthMax else { return }
    for index in 0..<(unsafe internet_address_list_length(list)) {
      guard addresses.count < limits.addressesMax else {
        found.insert(.tooManyAddresses)
        return
      }
      guard let address = unsafe internet_address_list_get_address(list, index) else { continue }
      if unsafe isInstance(address, of: internet_address_group_get_type()) {
        let group = unsafe cast(address, to: InternetAddressGroup.self)
        guard let members = unsafe internet_address_group_get_members(group) else { continue }
        unsafe collect(members, depth: depth + 1, into: &addresses)
      } else if unsafe isInstance(address, of: internet_address_mailbox_get_type()) {
        let mailbox = unsafe cast(address, to: InternetAddressMailbox.self)
        let name = unsafe string(internet_address_get_name(address)) ?? ""
        let value = unsafe string(internet_address_mailbox_get_addr(mailbox)) ?? ""
        addresses.append(MailAddress(name: name, address: value))
      }
    }
  }

  // MARK: The tree

  private func part(of message: UnsafeMutablePointer<GMimeMessage>, depth: Int) -> MailPart {
    let object = unsafe cast(message, to: GMimeObject.self)
    var outer = unsafe MailPart(headers: headers(of: object))
    guard let body = unsafe g_mime_message_get_mime_part(message) else { return outer }
    let inner = unsafe part(of: body, depth: depth)
    outer.take(bodyFrom: inner)
    return outer
  }

  private func part(of object: UnsafeMutablePointer<GMimeObject>, depth: Int) -> MailPart {
    var part = unsafe MailPart(headers: headers(of: object))
    unsafe describe(object, into: &part)
    partCount += 1
    if unsafe isInstance(object, of: g_mime_multipart_get_type()) {
      let multipart = unsafe cast(object, to: GMimeMultipart.self)
      part.content = unsafe .parts(children(of: multipart, depth: depth))
      unsafe keepText(of: multipart, in: &part)
    } else if unsafe isInstance(object, of: g_mime_message_part_get_type()) {
      let holder = unsafe cast(object, to: GMimeMessagePart.self)
      if let message = unsafe g_mime_message_part_get_message(holder) {
        part.content = unsafe .message(
          written(cast(message, to: GMimeObject.self)), nested(message, depth: depth))
      }
    } else if unsafe isInstance(object, of: g_mime_part_get_type()) {
      let leaf = unsafe cast(object, to: GMimePart.self)
      part.fileName = unsafe string(g_mime_part_get_filename(leaf))
      unsafe take(g_mime_part_get_content(leaf), g_mime_part_get_content_encoding(leaf), into: &part)
      readMessage(in: &part, depth: depth)
    }
    return part
  }

  /// A multipart in which no boundary was found is the text it is.
  private func keepText(of multipart: UnsafeMutablePointer<GMimeMultipart>, in part: inout MailPart) {
    guard unsafe g_mime_multipart_get_count(multipart) == 0 else { return }
    let text =
      unsafe bytes(g_mime_multipart_get_prologue(multipart)) + bytes(g_mime_multipart_get_epilogue(multipart))
    guard !text.isEmpty else { return }
    found.insert(.brokenStructure)
    part.mediaType = .plainText
    part.content = .bytes(text)
  }

  /// Takes a leaf's bytes, transfer encoding undone; as they stand where text only claims to be base64.
  private func take(
    _ content: UnsafeMutablePointer<GMimeDataWrapper>?, _ encoding: GMimeContentEncoding,
    into part: inout MailPart
  ) {
    part.isEncoded = encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_UUENCODE
    if part.mediaType.type == "text", encoding == GMIME_CONTENT_ENCODING_BASE64 {
      let stated = unsafe undecoded(content)
      if !MailPart.isBase64(stated) {
        found.insert(.brokenStructure)
        part.isEncoded = false
        part.content = .bytes(stated)
        return
      }
    }
    part.content = unsafe .bytes(decoded(content))
  }

  /// GMime leaves an encoded attached message, and the first fragment of one, as bytes.
  private func readMessage(in part: inout MailPart, depth: Int) {
    guard part.mediaType.type == "message", ["rfc822", "global", "partial"].contains(part.mediaType.subtype),
      case .bytes(let bytes) = part.content,
      MailSniffer.firstField(bytes[...].prefix(limits.sniffBytesMax)) == 0
    else { return }
    guard depth < limits.depthMax else {
      found.insert(.tooDeep)
      return
    }
    if let message = parse(bytes, depth: depth + 1) { part.content = .message(bytes, [message]) }
  }

  private func nested(_ message: UnsafeMutablePointer<GMimeMessage>, depth: Int) -> [MailPart] {
    guard depth < limits.depthMax else {
      found.insert(.tooDeep)
      return []
    }
    return unsafe [part(of: message, depth: depth + 1)]
  }

  private func children(of multipart: UnsafeMutablePointer<GMimeMultipart>, depth: Int) -> [MailPart] {
    guard depth < limits.depthMax else {
      found.insert(.tooDeep)
      return []
    }
    var parts: [MailPart] = []
    for index in 0..<(unsafe g_mime_multipart_get_count(multipart)) {
      guard partCount < limits.partsMax else {
        found.insert(.tooManyParts)
        break
      }
      guard let child = unsafe g_mime_multipart_get_part(multipart, index) else { continue }
      unsafe parts.append(part(of: child, depth: depth + 1))
    }
    return parts
  }

  private func describe(_ object: UnsafeMutablePointer<GMimeObject>, into part: inout MailPart) {
    if let type = unsafe g_mime_object_get_content_type(object) {
      let media = unsafe string(g_mime_content_type_get_media_type(type)) ?? ""
      let subtype = unsafe string(g_mime_content_type_get_media_subtype(type)) ?? ""
      part.mediaType = MediaType(type: media, subtype: subtype)
      part.charset = unsafe string(g_mime_content_type_get_parameter(type, "charset"))
      part.reportType = unsafe string(g_mime_content_type_get_parameter(type, "report-type"))
    }
    part.disposition = unsafe string(g_mime_object_get_disposition(object))?.lowercased()
    part.contentID = unsafe string(g_mime_object_get_content_id(object))
  }

  private func headers(of object: UnsafeMutablePointer<GMimeObject>) -> MailHeaders {
    guard let list = unsafe g_mime_object_get_header_list(object) else { return MailHeaders() }
    var headers = MailHeaders()
    for index in 0..<(unsafe g_mime_header_list_get_count(list)) {
      guard headers.fields.count < limits.headersMax else {
        found.insert(.tooManyHeaders)
        break
      }
      guard let header = unsafe g_mime_header_list_get_header_at(list, index),
        let name = unsafe string(g_mime_header_get_name(header))
      else { continue }
      unsafe headers.fields.append(MailHeader(name: name, raw: bytes(g_mime_header_get_raw_value(header))))
    }
    return headers
  }

  private func decoded(_ content: UnsafeMutablePointer<GMimeDataWrapper>?) -> [UInt8] {
    guard let content = unsafe content else { return [] }
    return unsafe collected { stream in _ = unsafe g_mime_data_wrapper_write_to_stream(content, stream) }
  }

  private func undecoded(_ content: UnsafeMutablePointer<GMimeDataWrapper>?) -> [UInt8] {
    guard let content = unsafe content, let stated = unsafe g_mime_data_wrapper_get_stream(content) else {
      return []
    }
    defer { _ = unsafe g_mime_stream_reset(stated) }
    return unsafe collected { stream in
      _ = unsafe g_mime_stream_reset(stated)
      _ = unsafe g_mime_stream_write_to_stream(stated, stream)
    }
  }

  private func written(_ object: UnsafeMutablePointer<GMimeObject>) -> [UInt8] {
    unsafe collected { stream in _ = unsafe g_mime_object_write_to_stream(object, nil, stream) }
  }

  /// What `body` writes to a stream in memory.
  private func collected(_ body: (UnsafeMutablePointer<GMimeStream>) -> Void) -> [UInt8] {
    guard let stream = unsafe g_mime_stream_mem_new() else { return [] }
    defer { unsafe g_object_unref(stream) }
    unsafe body(stream)
    guard let array = unsafe g_mime_stream_mem_get_byte_array(cast(stream, to: GMimeStreamMem.self)),
      let data = unsafe array.pointee.data
    else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: data, count: Int(array.pointee.len)))
  }
}

/// GMime's warning codes of one parse, in a box that C can point to.
private final class WarningList {
  var codes: Set<UInt32> = []
}

/// GMime as a library.
enum GMime {
  /// Makes GMime ready, once in the process; a static's initializer runs once whatever the threads.
  static func start() { _ = started }

  private static let started: Void = g_mime_init()
}

/// A character set by iconv, from its name to text.
enum Iconv {
  /// The bytes as UTF-8, each undecodable byte as U+FFFD, with the count of those; nil for a charset that iconv
  /// does not know.
  static func decode(_ input: [UInt8], charset: String) -> (text: [UInt8], errors: Int)? {
    let converter = unsafe iconv_open("UTF-8", charset)
    guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
    defer { unsafe iconv_close(converter) }
    var text: [UInt8] = []
    text.reserveCapacity(input.count + input.count / 2)
    var errors = 0
    var window = [UInt8](repeating: 0, count: 16_384)
    var source = input
    unsafe source.withUnsafeMutableBytes { source in
      unsafe window.withUnsafeMutableBytes { window in
        // Sound: both pairs of pointer and count stay inside their buffers, iconv moves each pair together.
        var from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var left = source.count
        while left > 0 {
          var to = unsafe window.baseAddress?.assumingMemoryBound(to: CChar.self)
          var room = window.count
          let result = unsafe iconv(converter, &from, &left, &to, &room)
          let failure = errno
          unsafe text.append(contentsOf: window[0..<(window.count - room)])
          if result == Int(bitPattern: UInt.max), failure != E2BIG, left > 0 {
            text.append(contentsOf: [0xEF, 0xBF, 0xBD])
            errors += 1
            unsafe from = from?.advanced(by: 1)
            left = failure == EINVAL ? 0 : left - 1
          }
        }
      }
    }
    return (text, errors)
  }
}

// MARK: - C strings and casts

/// A copy of a borrowed C string as text, undecodable bytes replaced.
private func string(_ pointer: UnsafePointer<CChar>?) -> String? {
  guard let pointer = unsafe pointer else { return nil }
  return unsafe String(cString: pointer)
}

/// A copy of a C string that the caller owns, which is freed.
private func takeString(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  guard let pointer = unsafe pointer else { return "" }
  defer { unsafe g_free(pointer) }
  return unsafe String(cString: pointer)
}

/// A copy of a borrowed C string's bytes.
private func bytes(_ pointer: UnsafePointer<CChar>?) -> [UInt8] {
  guard let pointer = unsafe pointer else { return [] }
  let count = unsafe strlen(pointer)
  return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: count))
}

/// Lends bytes as a C string, ended at the first NUL.
private func withCString<R>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> R) -> R {
  let terminated = bytes + [0]
  return unsafe terminated.withUnsafeBytes { buffer in
    // Sound: the buffer holds at least the terminator, so it has a base address.
    unsafe body(buffer.baseAddress!.assumingMemoryBound(to: CChar.self))
  }
}

/// A GObject seen as its base or derived class; the caller has asked `isInstance` where it goes down.
private func cast<From, To>(
  _ pointer: UnsafeMutablePointer<From>, to type: To.Type
) -> UnsafeMutablePointer<To> {
  unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: type)
}

private func isInstance<T>(_ pointer: UnsafeMutablePointer<T>, of type: GType) -> Bool {
  unsafe g_type_check_instance_is_a(cast(pointer, to: GTypeInstance.self), type) != 0
}
