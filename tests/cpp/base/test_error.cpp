#include "krgboot/base/error.hpp"

#include <cerrno>
#include <type_traits>

#include "catch.hpp"

using namespace krgboot;

namespace {

const Diagnostic warning{Severity::warning, "network.no_router", "no router", "",
                         "networks[0]",     {"c.yaml", {2, 1}}};
const Diagnostic first_fault{Severity::error, "node.name",       "first fault", "",
                             "nodes[0].name", {"c.yaml", {3, 5}}};
const Diagnostic second_fault{Severity::error, "node.mac",        "second fault", "",
                              "nodes[1].mac",  {"c.yaml", {9, 7}}};

}  // namespace

TEST_CASE("every error is an Error and a std::exception") {
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, Error>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ArgumentError>);
  STATIC_REQUIRE(std::is_base_of_v<DiagnosticsError, ConfigError>);
  STATIC_REQUIRE(std::is_base_of_v<DiagnosticsError, ValidationError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ConflictError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, IoError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ArchiveError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, CommandError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, InternalError>);
}

TEST_CASE("an error carries code, subject and message") {
  ArgumentError argument("ipv4.syntax", "10.0.0", "\"10.0.0\" is not an IPv4 address");
  CHECK(argument.code() == "ipv4.syntax");
  CHECK(argument.subject() == "10.0.0");
  CHECK(argument.what() == std::string("\"10.0.0\" is not an IPv4 address"));

  ConflictError conflict("plan.stale", "/etc/hosts", "/etc/hosts has changed");
  CHECK(conflict.code() == "plan.stale");
  CHECK(conflict.subject() == "/etc/hosts");

  ArchiveError archive("archive.damaged", "image.tar.zst", "etc/passwd", "the archive is cut off");
  CHECK(archive.subject() == "image.tar.zst");
  CHECK(archive.entry() == "etc/passwd");

  InternalError internal("unreachable");
  CHECK(internal.code() == "internal");
  CHECK(internal.subject().empty());
  CHECK(internal.what() == std::string("unreachable"));
}

TEST_CASE("a configuration error is its first error and keeps all findings") {
  ConfigError error({warning, first_fault, second_fault});
  CHECK(error.code() == "node.name");
  CHECK(error.subject() == "nodes[0].name");
  CHECK(error.where() == first_fault.where);
  CHECK(error.diagnostics() == Diagnostics{warning, first_fault, second_fault});
  CHECK(error.what() == first_fault.to_string() + "\n" + second_fault.to_string());
}

TEST_CASE("a validation error lists its errors, not its warnings") {
  ValidationError error({warning, second_fault});
  CHECK(error.code() == "node.mac");
  CHECK(error.subject() == "nodes[1].mac");
  CHECK(error.diagnostics() == Diagnostics{warning, second_fault});
  CHECK(error.what() == second_fault.to_string());
}

TEST_CASE("an error of no errors is a fault of krgboot") {
  CHECK_THROWS_AS(ConfigError({}), InternalError);
  CHECK_THROWS_AS(ConfigError({warning}), InternalError);
  CHECK_THROWS_AS(ValidationError({warning}), InternalError);
}

TEST_CASE("an I/O error says what could not be done, to what, and why") {
  IoError error("open", "/srv/tftp/pxelinux.0", ENOENT);
  CHECK(error.code() == "io.open");
  CHECK(error.operation() == "open");
  CHECK(error.path() == "/srv/tftp/pxelinux.0");
  CHECK(error.subject() == error.path());
  CHECK(error.error_number() == ENOENT);
  CHECK(error.what() == std::string("cannot open /srv/tftp/pxelinux.0: No such file or directory"));
  CHECK(IoError("rename", "a", EACCES).what() == std::string("cannot rename a: Permission denied"));
}

TEST_CASE("a command error carries argv, status and the last lines") {
  CommandError error("command.failed", {"exportfs", "-ra"}, 1, "exportfs: bad option\n");
  CHECK(error.code() == "command.failed");
  CHECK(error.subject() == "exportfs");
  CHECK(error.argv() == std::vector<std::string>{"exportfs", "-ra"});
  CHECK(error.status() == 1);
  CHECK(error.output() == "exportfs: bad option\n");
  CHECK(error.what() == std::string("exportfs -ra failed with status 1: exportfs: bad option"));
  CHECK(CommandError("command.failed", {"true"}, 137, " \n").what() ==
        std::string("true failed with status 137"));
  CHECK(CommandError("command.failed", {}, 1, "").subject().empty());
}
