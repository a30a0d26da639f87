#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/plan/render.hpp"

#include <set>

#include <fmt/format.h>

#include "catch.hpp"

using namespace krgboot;

namespace {

Cluster example(const std::string& name) {
  return load_cluster_file(std::string(KRGBOOT_SOURCE_DIR) + "/examples/" + name + "/cluster.yaml");
}

}  // namespace

TEST_CASE("the same cluster gives the same plan to the byte") {
  auto name = GENERATE(as<std::string>(), "debian", "kerrighed-lenny");
  CHECK(render(example(name)) == render(example(name)));
  CHECK(to_json(render(example(name))) == to_json(render(example(name))));
}

TEST_CASE("a directory comes before what lies in it, reloads come last, no path comes twice") {
  auto plan = render(example(GENERATE(as<std::string>(), "debian", "kerrighed-lenny")));
  std::set<std::string> directories{""};
  std::set<std::string> paths;
  bool reloading = false;
  for (const auto& item : plan.items) {
    std::string path(path_of(item));
    CHECK(paths.insert(path).second);
    if (std::holds_alternative<ReloadService>(item)) {
      reloading = true;
      continue;
    }
    CHECK_FALSE(reloading);
    if (only_within_of(item).empty()) CHECK(directories.count(path.substr(0, path.rfind('/'))) == 1);
    if (std::holds_alternative<MakeDirectory>(item)) directories.insert(path);
  }
}

TEST_CASE("what pxelinux could not load is refused, all of it at once") {
  auto path = "/" + std::string(235, 'a');
  auto text = fmt::format(R"(
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm, tftp: TFTP}}
networks: [{{subnet: 10.0.0.0/24, router: 10.0.0.1}}]
images: {{a: {{path: {}, release: bookworm}}}}
boot: {{a: {{image: a, kernel: vmlinuz, initramfs: none}}, b: {{image: a, kernel: vmlinuz, initramfs: none}}}}
default_boot: a
nodes: [{{name: n1, address: 10.0.0.3}}]
)",
                          path);
  auto with_tftp = [&](const std::string& daemon) {
    auto copy = text;
    return load_cluster(copy.replace(copy.find("TFTP"), 4, daemon));
  };
  try {
    render(with_tftp("tftpd-hpa"));
    FAIL("an nfsroot= of more than 255 characters was rendered");
  } catch (const ValidationError& error) {
    CHECK(error.diagnostics().size() == 2);
    CHECK(error.code() == "nfs_root.syntax");
    CHECK(error.subject() == "boot.a.image");
  }
  CHECK_FALSE(render(with_tftp("none")).items.empty());
}

TEST_CASE("daemons that are none of krgboot's get no files") {
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
  for (const auto& item : render(load_cluster(text)).items) {
    CHECK((std::holds_alternative<ReloadService>(item) || only_within_of(item) == "/nfsroot/a"));
  }
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
