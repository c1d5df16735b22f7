import CSQLite

/// The same log in SQLite, as one would build it: WAL, synchronous=FULL, a unique event id, an index by customer.
/// Straight on the C interface with prepared statements: no wrapper slows it down.
final class SQLiteLog: @unchecked Sendable {
  // One connection, used by one thread at a time: the cases that use several hold a lock.
  private let connection: OpaquePointer
  private let insert: OpaquePointer

  /// One event as a row. Ids are sixteen bytes, times microseconds.
  struct Row {
    var event: [UInt8]
    var customer: [UInt8]
    var conversation: [UInt8]
    var occurredAt: Int64
    var body: [UInt8]
  }

  private static let schema = """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=FULL;
    CREATE TABLE IF NOT EXISTS events(
      position INTEGER PRIMARY KEY, event BLOB NOT NULL UNIQUE, customer BLOB NOT NULL,
      conversation BLOB NOT NULL, actor BLOB NOT NULL, occurred_at INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL, kind INTEGER NOT NULL, channel INTEGER NOT NULL,
      direction INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS by_customer ON events(customer, position);
    """

  init(path: String) {
    var opened: OpaquePointer?
    check(sqlite3_open(path, &opened), "open")
    connection = opened!
    check(sqlite3_exec(connection, Self.schema, nil, nil, nil), "schema")
    insert = Self.prepare(
      connection,
      """
      INSERT INTO events(event, customer, conversation, actor, occurred_at, recorded_at, kind, channel, direction, body)
      VALUES (?1, ?2, ?3, ?2, ?4, ?4, 301, 2, 1, ?5)
      """)
  }

  deinit {
    sqlite3_finalize(insert)
    sqlite3_close(connection)
  }

  /// Inserts the rows in one transaction; they are durable when this returns.
  func append(_ rows: [Row]) {
    execute("BEGIN IMMEDIATE")
    for row in rows { append(row) }
    execute("COMMIT")
  }

  private func append(_ row: Row) {
    bind(1, row.event)
    bind(2, row.customer)
    bind(3, row.conversation)
    check(sqlite3_bind_int64(insert, 4, row.occurredAt), "bind")
    bind(5, row.body)
    check(sqlite3_step(insert), "insert")
    check(sqlite3_reset(insert), "reset")
  }

  private func bind(_ index: Int32, _ bytes: [UInt8]) {
    let code = bytes.withUnsafeBytes {
      sqlite3_bind_blob(insert, index, $0.baseAddress, Int32($0.count), transient)
    }
    check(code, "bind")
  }

  /// Reads every row in order: all columns, the body only when asked for. Returns rows and a sum that keeps the
  /// reads from being left out.
  func scan(withBodies: Bool) -> (rows: Int, sum: Int) {
    let columns =
      "position, event, customer, conversation, actor, occurred_at, recorded_at, kind, channel, direction"
    return read(
      "SELECT \(columns)\(withBodies ? ", body" : "") FROM events ORDER BY position",
      columns: withBodies ? 11 : 10)
  }

  /// Reads a customer's newest rows, whole.
  func newest(of customer: [UInt8], last limit: Int) -> (rows: Int, sum: Int) {
    let statement = newestStatement
    _ = customer.withUnsafeBytes {
      sqlite3_bind_blob(statement, 1, $0.baseAddress, Int32($0.count), transient)
    }
    sqlite3_bind_int64(statement, 2, Int64(limit))
    defer { sqlite3_reset(statement) }
    return step(statement, columns: 11)
  }

  private lazy var newestStatement = Self.prepare(
    connection, "SELECT * FROM events WHERE customer = ?1 ORDER BY position DESC LIMIT ?2")

  /// Moves the write-ahead log into the database, so that its size counts.
  func checkpoint() { execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  private func execute(_ sql: String) { check(sqlite3_exec(connection, sql, nil, nil, nil), sql) }

  private func read(_ sql: String, columns: Int32) -> (rows: Int, sum: Int) {
    let statement = Self.prepare(connection, sql)
    defer { sqlite3_finalize(statement) }
    return step(statement, columns: columns)
  }

  private func step(_ statement: OpaquePointer, columns: Int32) -> (rows: Int, sum: Int) {
    var rows = 0
    var sum = 0
    while sqlite3_step(statement) == SQLITE_ROW {
      rows += 1
      sum += Int(sqlite3_column_int64(statement, 0))
      for column in 1..<columns { sum += Int(sqlite3_column_bytes(statement, column)) }
    }
    return (rows, sum)
  }

  private static func prepare(_ connection: OpaquePointer, _ sql: String) -> OpaquePointer {
    var statement: OpaquePointer?
    check(sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil), sql)
    return statement!
  }
}

/// SQLite copies what is bound before the call returns.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

private func check(_ code: Int32, _ what: String) {
  precondition([SQLITE_OK, SQLITE_DONE, SQLITE_ROW].contains(code), "SQLite \(what): code \(code)")
}
