#include "krgboot/config/load.hpp"
#include "krgboot/plan/render.hpp"

#include <set>

#include "catch.hpp"

using namespace krgboot;

namespace {

Cluster example(const std::string& name) {
  return load_cluster_file(std::string(KRGBOOT_SOURCE_DIR) + "/examples/" + name + "/cluster.yaml");
}

}  // namespace

TEST_CASE("a directory comes before what lies in it, and no path comes twice") {
  auto plan = render(example(GENERATE(as<std::string>(), "debian", "kerrighed-lenny")));
  std::set<std::string> directories{""};
  for (const auto& each : plan.items) {
    const auto& item = item_of(each);
    if (item.within.empty()) CHECK(directories.count(item.path.substr(0, item.path.rfind('/'))) == 1);
    if (std::holds_alternative<MakeDirectory>(each)) directories.insert(item.path);
  }
  CHECK(directories.count("/srv/tftp/pxelinux.cfg") == 1);
  CHECK_NOTHROW(check_plan(plan));
}

TEST_CASE("daemons that krgboot does not configure get no files; boot files still lie below tftp_root") {
  auto text = std::string(R"(
version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm, dhcp: none, tftp: none, nfs: none}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {a: {path: /nfsroot/a, release: bookworm}}
boot: {a: {image: a, kernel: vmlinuz}}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3}]
)");
  std::set<std::string> on_server;
  for (const auto& item : render(load_cluster(text)).items) {
    if (item_of(item).within.empty() && !std::holds_alternative<MakeDirectory>(item))
      on_server.insert(item_of(item).path);
  }
  CHECK(on_server == std::set<std::string>{"/srv/tftp/boot/a/vmlinuz", "/srv/tftp/ldlinux.c32",
                                           "/srv/tftp/pxelinux.0", "/srv/tftp/pxelinux.cfg/default"});
}

TEST_CASE("two boot entries that share a kernel copy it once") {
  auto plan = render(example("debian"));
  int kernels = 0;
  for (const auto& item : plan.items) {
    const auto* copy = std::get_if<CopyFile>(&item);
    kernels += copy != nullptr && copy->path == "/srv/tftp/boot/debian/vmlinuz";
  }
  CHECK(kernels == 1);
}
