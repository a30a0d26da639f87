#include "krgboot/base/diagnostic.hpp"

#include "catch.hpp"

using krgboot::Diagnostic;
using krgboot::Diagnostics;
using krgboot::has_errors;
using krgboot::Location;
using krgboot::Position;
using krgboot::Severity;
using krgboot::to_string;

namespace {

const Diagnostic duplicate{Severity::error,     "node.duplicate_address", "ssi2 has the address of ssi1",
                           "give each its own", "nodes[1].address",       {"cluster.yaml", {12, 14}}};
const Diagnostic no_router{Severity::warning, "network.no_router", "the network has no router", "", "", {}};

}  // namespace

TEST_CASE("a position is known when it has a line") {
  CHECK_FALSE(Position{});
  CHECK(Position{1, 1});
  CHECK(Position{2, 1} > Position{1, 80});
  CHECK(Position{2, 1} < Position{2, 2});
}

TEST_CASE("a location leaves out what is not known") {
  CHECK(Location{"cluster.yaml", {3, 14}}.to_string() == "cluster.yaml:3:14");
  CHECK(Location{"cluster.yaml", {}}.to_string() == "cluster.yaml");
  CHECK(Location{"", {3, 14}}.to_string() == "3:14");
  CHECK(Location{}.to_string().empty());
}

TEST_CASE("a diagnostic is one line of what is known") {
  CHECK(
      duplicate.to_string() ==
      "cluster.yaml:12:14: error: ssi2 has the address of ssi1 (give each its own) [node.duplicate_address]");
  CHECK(no_router.to_string() == "warning: the network has no router [network.no_router]");
  CHECK(Diagnostic{Severity::error, "", "bare", "", "", {}}.to_string() == "error: bare");
}

TEST_CASE("diagnostics are equal when every part is") {
  auto other = duplicate;
  CHECK(other == duplicate);
  other.key = "nodes[2].address";
  CHECK(other != duplicate);
  other = duplicate;
  other.where.position.column = 15;
  CHECK(other != duplicate);
}

TEST_CASE("warnings alone are no errors") {
  CHECK_FALSE(has_errors({}));
  CHECK_FALSE(has_errors({no_router, no_router}));
  CHECK(has_errors({no_router, duplicate}));
}

TEST_CASE("a list of diagnostics is written one a line") {
  CHECK(to_string(Diagnostics{}).empty());
  CHECK(to_string(Diagnostics{no_router}) == no_router.to_string());
  CHECK(to_string(Diagnostics{no_router, duplicate}) == no_router.to_string() + "\n" + duplicate.to_string());
  CHECK(to_string(Severity::warning) == "warning");
  CHECK(to_string(Severity::error) == "error");
}
