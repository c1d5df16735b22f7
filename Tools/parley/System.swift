import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The few calls of the operating system that the command makes itself, and all its `unsafe`.
enum System {
  static let standardInput: Int32 = 0
  static let standardOutput: Int32 = 1
  static let standardError: Int32 = 2

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static func exit(_ code: Int32) -> Never {
    #if canImport(Darwin)
    Darwin.exit(code)
    #else
    Glibc.exit(code)
    #endif
  }

  /// The last call's error as text.
  static func errorText(_ code: Int32 = errno) -> String {
    // Sound: strerror gives a string that lives until the thread's next call; it is copied at once.
    unsafe String(cString: strerror(code))
  }

  static func environment(_ name: String) -> String? {
    // Sound: getenv gives nil or a string that lives while nobody changes the environment; nothing here does.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// The name that the password database gives this process's user; nil when it gives none.
  static var userName: String? {
    // Sound: getpwuid's record and name live until the thread's next look into that database; the name is copied at once.
    guard let name = unsafe getpwuid(geteuid())?.pointee.pw_name else { return nil }
    let text = unsafe String(cString: name)
    return text.isEmpty ? nil : text
  }
}

// MARK: - Reading and writing

extension System {
  /// Writes all of the bytes. False, with `errno` set, when that failed.
  @discardableResult
  static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      // Sound: the pointer is used inside the closure only, for no more than the array's rest.
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Self.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      done += written
    }
    return true
  }

  private static func write(_ descriptor: Int32, _ pointer: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
    unsafe Darwin.write(descriptor, pointer, count)
    #else
    unsafe Glibc.write(descriptor, pointer, count)
    #endif
  }

  /// Reads up to `count` bytes; empty at the end of the input, nil with `errno` set on an error.
  static func readSome(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
    var failed = false
    // Sound: the array's own uninitialized memory, of which exactly the bytes read are declared initialized.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      var got = -1
      repeat {
        got = unsafe read(descriptor, buffer.baseAddress, count)
      } while got < 0 && (errno == EINTR || isToWait(descriptor))
      failed = got < 0
      initialized = max(0, got)
    }
    return failed ? nil : bytes
  }

  /// Waits for what the last read did not find yet; false when it failed for another reason.
  private static func isToWait(_ descriptor: Int32) -> Bool {
    guard errno == EAGAIN else { return false }
    return isReadable(descriptor, milliseconds: -1)
  }

  /// Whether a read would return at once: bytes, the end or an error. Waits so many milliseconds for it.
  static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Sound: one pollfd, alive during the call.
    return unsafe poll(&request, 1, milliseconds) > 0
  }

  /// Opens a file for reading; nil with `errno` set when that fails. Never waits: of a pipe to which nobody writes
  /// yet `isReadable` says so.
  static func openForReading(_ path: String) -> Int32? {
    // Sound: the string lives as long as the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    return descriptor < 0 ? nil : descriptor
  }

  /// Whether a path can be opened for reading; `errno` says why not.
  static func canRead(_ path: String) -> Bool {
    guard let descriptor = openForReading(path) else { return false }
    closeDescriptor(descriptor)
    return true
  }

  /// Opens a file for writing, empty; nil with `errno` set when that fails, as of a pipe that nobody reads.
  static func openForWriting(_ path: String) -> Int32? {
    // Sound: as above.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o600)
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFL, O_WRONLY) }
    return descriptor < 0 ? nil : descriptor
  }

  /// Opens a file for writing that must not be there yet, readable by its owner alone; nil with `errno` set when
  /// that fails.
  static func openNew(_ path: String) -> Int32? {
    // Sound: as above.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    return descriptor < 0 ? nil : descriptor
  }

  /// Whether the last failed `openNew` failed because the file is there.
  static var isAlreadyThere: Bool { errno == EEXIST }

  /// Makes a new file's bytes and its name durable. False, with `errno` set, when that failed.
  static func syncFile(_ descriptor: Int32, at path: String) -> Bool {
    guard fsync(descriptor) == 0 else { return false }
    let slash = path.lastIndex(of: "/")
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let directory = openForReading(parent) else { return false }
    defer { closeDescriptor(directory) }
    return fsync(directory) == 0
  }

  /// The path of a file or directory that is there, without links and `..`.
  static func realPath(_ path: String) -> String? {
    // Sound: realpath gives nil or a string of its own, which is copied and freed here.
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  static func removeFile(_ path: String) {
    // Sound: as above.
    unsafe _ = unlink(path)
  }

  /// The size of a regular file that is open; 0 for a pipe or terminal.
  static func fileSize(_ descriptor: Int32) -> Int {
    var status = stat()
    // Sound: fstat fills the struct it is given, which lives here.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    return Int(status.st_size)
  }

  /// Whether an open file is a device that is read without an end: any but a terminal and the null device.
  static func isDevice(_ descriptor: Int32) -> Bool {
    var (status, null) = (stat(), stat())
    // Sound: both fill the struct they are given, which lives here.
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    let type = status.st_mode & S_IFMT
    guard type == S_IFCHR || type == S_IFBLK, !isTerminal(descriptor) else { return false }
    return unsafe stat("/dev/null", &null) != 0 || null.st_rdev != status.st_rdev
  }

  /// Makes a directory that only its owner may use, or finds one. False, with `errno` set, when that failed.
  static func makeDirectory(_ path: String) -> Bool {
    // Sound: the string lives as long as the call.
    if unsafe mkdir(path, 0o700) == 0 { return true }
    guard errno == EEXIST, isFile(path) else { return errno == EEXIST }
    errno = ENOTDIR
    return false
  }

  /// Whether there is something at a path that is no directory.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    // Sound: stat fills the struct it is given, which lives here.
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
}

// MARK: - Clock and signals

/// Set once Ctrl-C or a polite kill came.
private let interruption = Atomic<Bool>(false)

extension System {
  /// Whether Ctrl-C or a polite kill came since `catchInterrupts`.
  static var isInterrupted: Bool { interruption.load(ordering: .relaxed) }

  /// A write to a closed pipe, or behind the size that a file may have here (`ulimit -f`), fails from now on, instead of
  /// ending the process.
  static func letWritesFail() { for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) } }

  /// From now on the first Ctrl-C (or SIGTERM) only sets `isInterrupted`; the second ends the process.
  static func catchInterrupts() {
    for number in [SIGINT, SIGTERM] {
      // The handler stores to a lock-free atomic and calls signal, both safe in a signal handler.
      _ = signal(number) { number in
        interruption.store(true, ordering: .relaxed)
        _ = signal(number, SIG_DFL)
      }
    }
  }

  /// Seconds since some fixed moment; never goes back.
  static func seconds() -> Double {
    var time = timespec()
    // Sound: clock_gettime fills the struct it is given, which lives here.
    unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Columns of the terminal on standard output, nil when it is none.
  static func terminalColumns() -> Int? {
    var size = winsize()
    // Sound: TIOCGWINSZ fills the struct it is given, which lives here.
    guard unsafe ioctl(standardOutput, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

extension System {
  /// Whether the last failed write failed because nobody reads any more.
  static var isClosedPipe: Bool { errno == EPIPE }
}
