#include "krgboot/formats/kernel/kerrighed_parameters.hpp"

#include <string>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

std::string kerrighed_words(const KerrighedParameters& parameters) {
  KernelCommandLine line;
  line.add(kerrighed_parameters(parameters));
  return line.to_string();
}

KerrighedReading kerrighed_in(const std::string& text) {
  return find_kerrighed_parameters(KernelCommandLine::from_string(text));
}

}  // namespace

TEST_CASE("Kerrighed parameters are written in one order and read back") {
  struct Case {
    KerrighedParameters parameters;
    std::string text;
  };
  auto c = GENERATE(values<Case>({
      {{1, true, std::nullopt, std::nullopt}, "session_id=1 autonodeid=1"},
      {{9999, false, 255, 256}, "session_id=9999 autonodeid=0 node_id=255 nb_nodes_min=256"},
      {{1, false, 0, 1}, "session_id=1 autonodeid=0 node_id=0 nb_nodes_min=1"},
      {{}, ""},
  }));
  CHECK(kerrighed_words(c.parameters) == c.text);
  auto reading = kerrighed_in("quiet " + c.text);
  CHECK(reading.parameters == c.parameters);
  CHECK(reading.diagnostics.empty());
}

TEST_CASE("Kerrighed parameters out of range") {
  auto parameters = GENERATE(values<KerrighedParameters>({{0, {}, {}, {}},
                                                          {10000, {}, {}, {}},
                                                          {-1, {}, {}, {}},
                                                          {1, {}, 256, {}},
                                                          {1, {}, -1, {}},
                                                          {1, {}, {}, 0},
                                                          {1, {}, {}, 257}}));
  CHECK(error_of([&] { return kerrighed_parameters(parameters); }).code == "kerrighed.range");

  auto text = GENERATE(as<std::string>{}, "session_id=0", "session_id=10000", "session_id=", "session_id",
                       "session_id=1x", "session_id=0x1", "session-id=-1", "autonodeid=yes", "autonodeid",
                       "node_id=256", "nb_nodes_min=0", "nb_nodes_min=257", "session_id=1 session_id=no");
  CAPTURE(text);
  auto reading = kerrighed_in(text);
  REQUIRE(reading.diagnostics.size() == 1);
  CHECK(reading.diagnostics[0].code == "kerrighed.value");
  CHECK(reading.parameters == KerrighedParameters{});
}

TEST_CASE("the last one counts") {
  CHECK(kerrighed_in("session_id=1 session-id=2").parameters.session_id == 2);
  CHECK(kerrighed_in("subsession_id=3").parameters.session_id == std::nullopt);
}
