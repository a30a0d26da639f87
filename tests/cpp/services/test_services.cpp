#include "krgboot/services/services.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "services/services.hpp"

using namespace krgboot;

namespace {

const ServiceName isc{ServiceKind::dhcp, "isc"};
const ServiceName kernel{ServiceKind::nfs, "kernel"};

}  // namespace

TEST_CASE("the words of a spec, the default first") {
  CHECK(program_words(ServiceKind::dhcp) == std::vector<std::string>{"isc", "none"});
  CHECK(program_words(ServiceKind::tftp) == std::vector<std::string>{"tftpd-hpa", "dnsmasq", "none"});
  CHECK(program_words(ServiceKind::nfs) == std::vector<std::string>{"kernel", "none"});
}

TEST_CASE("every service has what a server of each release is written from") {
  std::set<ServiceName> names;
  for (const auto* service : all_services()) {
    CAPTURE(to_journal(service->service_name()));
    CHECK(names.insert(service->service_name()).second);
    CHECK(&service_named(service->service_name()) == service);
    CHECK(parse_service(to_journal(service->service_name())) == service->service_name());
    for (const auto& release : releases()) {
      CAPTURE(release.codename);
      CHECK(service->config_file(release).starts_with('/'));
      // lenny's init has no units; every other service needs a command to reload its files.
      auto is_needed = service->kind() != ServiceKind::units || release.init == InitSystem::systemd;
      CHECK(service->reload(release).empty() == !is_needed);
      if (auto check = service->config_check(release)) {
        CHECK_FALSE(check->package.empty());
        CHECK(check->folder.starts_with('/'));
        CHECK(check->arguments.size() > 1);
        CHECK(check->complaints != nullptr);
      }
    }
  }
}

TEST_CASE("a service is named in the journal with its program, and by krgboot 0.1 without") {
  CHECK(to_journal(isc) == "dhcp/isc");
  CHECK(to_string(isc) == "dhcp");
  CHECK(parse_service("dhcp") == isc);
  CHECK(parse_service("nfs") == kernel);
  CHECK(parse_service("systemd") == ServiceName{ServiceKind::units, "systemd"});
  for (const auto* unknown : {"", "isc", "dhcp/", "dhcp/kea", "dhcp/isc ", "http"})
    CHECK(parse_service(unknown) == std::nullopt);
}

TEST_CASE("lenny's programs take up their files by other commands than today's") {
  auto command = [](ReleaseName name, const ServiceName& service) {
    return reload_command(release(name), service);
  };
  CHECK(command(ReleaseName::lenny, isc) == Argv{"/etc/init.d/dhcp3-server", "restart"});
  CHECK(command(ReleaseName::bookworm, isc) == Argv{"systemctl", "restart", "isc-dhcp-server.service"});
  CHECK(command(ReleaseName::trixie, kernel) == Argv{"exportfs", "-ra"});
  CHECK(nfs_services().front()->exports_directory(release(ReleaseName::lenny)).empty());
  CHECK(nfs_services().front()->exports_directory(release(ReleaseName::bookworm)) == "/etc/exports.d");
  CHECK(dhcp_services().front()->config_file(release(ReleaseName::lenny)) == "/etc/dhcp3/dhcpd.conf");
}

TEST_CASE("a file is a program's by its name and role alone") {
  CHECK(is_program_file(Role::dhcp, "/etc/dhcp/krgboot.conf"));
  CHECK(is_file_of(isc, Role::dhcp, "/etc/dhcp/krgboot.conf"));
  CHECK_FALSE(is_file_of(kernel, Role::dhcp, "/etc/dhcp/krgboot.conf"));
  CHECK_FALSE(is_program_file(Role::exports, "/etc/dhcp/krgboot.conf"));
  CHECK_FALSE(is_program_file(Role::tftp, "/etc/default/tftpd-hpa"));
  CHECK_FALSE(is_program_file(Role::exports, "/srv/exports.d/krgboot-a.exports"));
}
