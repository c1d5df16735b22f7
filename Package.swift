// swift-tools-version: 6.2
import PackageDescription

/// Settings every target of ours is built with. `.ci/run` sets PARLEY_STRICT, which turns each of our
/// warnings into an error; whoever depends on the package is never stopped by one.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let settings =
  Context.environment["PARLEY_STRICT"] == nil ? strict : strict + [.treatAllWarnings(as: .error)]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "parley",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Parley", targets: ["Parley"]),
    .library(name: "ParleyImport", targets: ["ParleyImport"]),
    .executable(name: "parley", targets: ["ParleyCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(
      name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"]), .brew(["gmime"])]),
    .target(name: "CParleySystem"),
    .target(name: "ParleyEnvelope", swiftSettings: settings),
    .target(
      name: "ParleyLog", dependencies: ["CLZ4", "CParleySystem", "ParleyEnvelope", crypto],
      swiftSettings: settings),
    .target(name: "ParleySchemas", dependencies: [protobuf], swiftSettings: [.swiftLanguageMode(.v6)]),
    .target(
      name: "ParleyEvents", dependencies: ["ParleyEnvelope", "ParleySchemas", crypto, protobuf],
      swiftSettings: settings),
    .target(
      name: "Parley", dependencies: ["ParleyEnvelope", "ParleyEvents", "ParleyLog", crypto, protobuf],
      swiftSettings: settings),
    .target(
      name: "ParleyImport", dependencies: ["CGMime", "ParleyEnvelope", "ParleyEvents", crypto],
      swiftSettings: settings),
    .executableTarget(
      name: "ParleyCommand",
      dependencies: [
        "Parley", "ParleyEnvelope", "ParleyEvents", "ParleyImport", "ParleyLog", arguments, protobuf,
      ],
      path: "Tools/parley", swiftSettings: settings),
    .target(
      name: "ParleySimulation", dependencies: ["ParleyEnvelope", "ParleyLog"], path: "Tests/ParleySimulation",
      swiftSettings: settings),
    .testTarget(name: "ParleyEnvelopeTests", dependencies: ["ParleyEnvelope"], swiftSettings: settings),
    .testTarget(
      name: "ParleyLogTests",
      dependencies: ["ParleyEnvelope", "ParleyLog", "ParleySimulation", "CParleySystem", crypto],
      swiftSettings: settings),
    .testTarget(
      name: "ParleyEventsTests", dependencies: ["ParleyEnvelope", "ParleyEvents", "ParleySchemas", protobuf],
      swiftSettings: settings),
    .testTarget(
      name: "ParleyTests",
      dependencies: ["Parley", "ParleyEnvelope", "ParleyEvents", "ParleyLog", "ParleySimulation"],
      swiftSettings: settings),
    .testTarget(
      name: "ParleyImportTests", dependencies: ["ParleyEnvelope", "ParleyEvents", "ParleyImport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "ParleyCommandTests", dependencies: ["ParleyCommand"], swiftSettings: settings),
  ]
)

// The benchmarks need `package` access to the engine, so they belong to this package; but whoever uses Parley must
// not need SQLite. They are there for who asks, as `Tools/benchmark` does.
if Context.environment["PARLEY_BENCHMARKS"] != nil {
  package.targets += [
    .systemLibrary(
      name: "CSQLite", path: "Tools/Benchmarks/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .executableTarget(
      name: "Benchmarks", dependencies: ["CSQLite", "Parley", "ParleyEnvelope", "ParleyEvents", "ParleyLog"],
      path: "Tools/Benchmarks/Sources", swiftSettings: [.swiftLanguageMode(.v6)]),
  ]
}

// The fuzz targets are linked to libFuzzer, which only a build with `--sanitize=fuzzer` has: see `Tools/fuzz`.
if Context.environment["PARLEY_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["ParleyEnvelope", "ParleyLog", "ParleySimulation"],
      path: "Tools/Fuzz/Sources", swiftSettings: settings))
}
