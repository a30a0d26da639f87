// A journal may ask for services by their names, and for nothing else.
#include "krgboot/apply/proposal.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/transaction.hpp"

#include <sys/stat.h>

#include "apply/recovery.hpp"
#include "catch.hpp"
#include "error_of.hpp"
#include "server_tree.hpp"
#include "system/journal.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

namespace {

const std::string journal = "/x/journal";

std::vector<Argv> commands_in(const std::string& payload) {
  std::vector<Argv> commands;
  for (const auto& reload : reloads_in(payload, journal)) commands.push_back(reload.argv);
  return commands;
}

std::string code_of(const std::string& payload) {
  auto thrown = error_of<ConflictError>([&] { return reloads_in(payload, journal); });
  if (thrown.code != "(nothing thrown)") CHECK(thrown.subject == journal);
  return thrown.code;
}

}  // namespace

TEST_CASE("a payload names services, and their commands are the table's") {
  for (const auto& release : releases()) {
    std::vector<Reload> wanted = {{{ServiceKind::dhcp, "isc"}, {"anything", "else"}, {"/etc/x"}},
                                  {{ServiceKind::nfs, "kernel"}, {"rm", "-rf", "/"}, {}}};
    auto payload = payload_of(release.name, wanted);
    CHECK(payload.find("anything") == std::string::npos);
    CHECK(payload.find("-rf") == std::string::npos);
    CHECK(commands_in(payload) == std::vector<Argv>{reload_command(release, {ServiceKind::dhcp, "isc"}),
                                                    reload_command(release, {ServiceKind::nfs, "kernel"})});
  }
  CHECK(payload_of(ReleaseName::bookworm, {}).empty());
  CHECK(commands_in("").empty());
  CHECK(commands_in(R"({"reload": []})").empty());
}

TEST_CASE("a payload of an older krgboot counts by name, and only if its command is in the table") {
  CHECK(commands_in(R"([{"service": "nfs", "argv": ["exportfs", "-ra"]}])") ==
        std::vector<Argv>{{"exportfs", "-ra"}});
  CHECK(commands_in(R"([{"service": "dhcp", "argv": ["/etc/init.d/dhcp3-server", "restart"]}])") ==
        std::vector<Argv>{{"/etc/init.d/dhcp3-server", "restart"}});
  CHECK(commands_in("[]").empty());
  for (const auto* payload : {R"([{"service": "dhcp", "argv": ["/bin/sh", "-c", "id"]}])",
                              R"([{"service": "dhcp", "argv": ["exportfs", "-ra"]}])",
                              R"([{"service": "nfs", "argv": ["exportfs", "-ra", "-v"]}])",
                              R"([{"service": "nfs", "argv": []}])"}) {
    CHECK(code_of(payload) == "journal.foreign");
  }
}

TEST_CASE("a payload that is none, or a newer one, is refused by name") {
  for (const auto* payload :
       {"x", "{}", "7", "null", R"({"reload": "dhcp"})", R"({"reload": [7], "release": "bookworm"})",
        R"({"reload": ["dhcp"]})", R"({"reload": ["dhcp"], "release": 12})", "[7]",
        R"([{"service": "dhcp"}])", R"([{"service": "dhcp", "argv": "reboot"}])"}) {
    CAPTURE(payload);
    CHECK(code_of(payload) == "journal.damaged");
  }
  CHECK(code_of(R"({"reload": ["http"], "release": "bookworm"})") == "journal.newer");
  CHECK(code_of(R"({"reload": ["dhcp"], "release": "forky"})") == "journal.newer");
}

TEST_CASE("beneath a root other than the running system's no command is run, in any phase of a journal") {
  auto form = GENERATE(as<std::string>(), "old", "new");
  auto phase = GENERATE(Phase::staging, Phase::committed, Phase::undoing, Phase::undone, Phase::finishing);
  ServerTree tree;
  auto ran = tree.host("/ran").string();
  Record record{"0123456789abcdef", "", {}, {}, 0, {}};
  record.payload = form == "old" ? R"([{"service": "dhcp", "argv": ["touch", ")" + ran + R"("]}])"
                                 : payload_of(ReleaseName::bookworm, {{{ServiceKind::dhcp, "isc"}, {}, {}}});
  auto header = header_text(record);
  tree.write("/var/lib/krgboot/journal",
             phase_line(phase) + header.substr(header.find('\n') + 1) + operations_text(record));
  chmod(tree.host("/var/lib/krgboot").c_str(), 0755);
  chmod(tree.host("/var/lib/krgboot/journal").c_str(), 0600);
  // A reload would fail and throw: there is no systemd here.
  verify(ServerTree::cluster(), tree.root());
  CHECK_FALSE(tree.has("/ran"));
  CHECK_FALSE(tree.has("/var/lib/krgboot/journal"));
}

TEST_CASE("a manifest that is not krgboot's own, or newer, is refused by all that read it") {
  ServerTree tree;
  auto cluster = ServerTree::cluster();
  tree.write("/var/lib/krgboot/manifest", "krgboot manifest 3\n");
  chmod(tree.host("/var/lib/krgboot").c_str(), 0755);
  chmod(tree.host("/var/lib/krgboot/manifest").c_str(), 0644);
  auto newer = error_of<ConflictError>([&] { return verify(cluster, tree.root()); });
  CHECK(newer.code == "manifest.newer");
  tree.write("/var/lib/krgboot/manifest", "krgboot manifest 1\n");
  verify(cluster, tree.root());
  chmod(tree.host("/var/lib/krgboot/manifest").c_str(), 0666);
  auto open = error_of<ConflictError>([&] { return verify(cluster, tree.root()); });
  CHECK(open.code == "state.writable");
  CHECK(open.subject == tree.host("/var/lib/krgboot/manifest").string());
}
