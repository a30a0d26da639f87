// dhcpd's answers by a dhcpd.conf; the text after a line "--" is the file that it includes.
#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <algorithm>
#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;
using fuzz::require;

namespace {

bool is_same(const Answer& a, const Answer& b) {
  return a.offered == b.offered && a.reason == b.reason && a.address == b.address && a.host == b.host &&
         a.settings == b.settings && a.diagnostics == b.diagnostics;
}

void check(const Configuration& configuration, const Client& client) {
  auto answer = configuration.answer(client);
  require(is_same(answer, configuration.answer(client)), "the same question has the same answer");
  require(answer.offered == answer.reason.empty(), "nothing is offered for a reason");
  if (has_errors(configuration.diagnostics())) require(!answer.offered, "dhcpd does not start with errors");
  if (!answer.offered) return;
  if (answer.subnet && answer.address) {
    require(answer.subnet->contains(*answer.address), "an address lies in its subnet");
  }
  if (answer.from_pool() && answer.address) {
    require(std::any_of(answer.pool.begin(), answer.pool.end(),
                        [&](const Ipv4Range& range) { return range.contains(*answer.address); }),
            "an address of a pool lies in it");
  }
  for (const auto& [name, setting] : answer.settings)
    require(answer.find(name) == &setting, "settings are found");
  (void)answer.next_server();
  (void)answer.routers();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto cut = text.find("--\n");
  auto included = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 3);
  auto read = [&](const std::string& path) -> std::optional<std::string> {
    if (path.find("missing") != std::string::npos) return std::nullopt;
    return std::string(included);
  };
  Configuration configuration(std::string(text.substr(0, cut)), "dhcpd.conf", read);

  auto client = pxe_client(MacAddress::from_string("52:54:00:12:34:01"),
                           Uuid::from_string("52540012-3401-4aaa-8bbb-001122334455"));
  check(configuration, client);
  client.link = Ipv4Address::from_string("192.168.0.2");
  check(configuration, client);
  client.address = Ipv4Address::from_string("192.168.0.150");
  check(configuration, client);
  return 0;
}
