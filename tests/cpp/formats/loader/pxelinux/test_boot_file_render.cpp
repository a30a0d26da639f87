#include "krgboot/config/load.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/services/validate.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

constexpr auto two_entries = R"(
version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.20.0.2, release: bookworm}
networks:
  - subnet: 10.20.0.0/16
    router: 10.20.0.1
    pool: {first: 10.20.0.150, last: 10.20.0.199, writable: true}
images:
  kerrighed: {path: /NFSROOT/kerrighed, release: lenny, root: ro, writable: [/var]}
  debian: {path: /srv/nfs/debian, release: bookworm, root: rw}
boot:
  krg:
    image: kerrighed
    kernel: vmlinux-2.6.30-krg3.0.0
    kerrighed: {session_id: 1}
  debian:
    image: debian
    kernel: vmlinuz-6.1.0-18-amd64
    initrd: sub/initrd.img-6.1.0-18-amd64
    append: [quiet]
    extra: ["MENU LABEL ^Debian", "SERIAL 0 115200"]
default_boot: debian
nodes:
  - {name: "ssi[1-2]", address: "10.20.0.[101-102]", mac: "52:54:00:20:00:[01-02]", boot: krg}
  - {name: node1, address: 10.20.0.111, mac: "52:54:00:20:00:11", append: [mem=2G, "a=\"b c\""]}
)";

constexpr auto krg_label =
    "LABEL krg\n"
    "  LINUX boot/kerrighed/vmlinux-2.6.30-krg3.0.0\n"
    "  APPEND ip=dhcp root=/dev/nfs nfsroot=10.20.0.2:/NFSROOT/kerrighed,nfsvers=3,tcp ro session_id=1 "
    "autonodeid=1\n";

// One node and one boot entry with these words in append.
std::string text_with(const std::string& append, const std::string& node_append = "[]",
                      const std::string& more = "", const std::string& node_more = "") {
  return fmt::format(R"(
version: 1
cluster: {{name: c, domain: c.example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm}}
networks: [{{subnet: 10.0.0.0/24, router: 10.0.0.1}}]
images: {{i: {{path: /i, release: bookworm, root: ro}}}}
boot: {{e: {{image: i, kernel: k, append: {}{}}}}}
default_boot: e
nodes: [{{name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:03", append: {}{}}}]
)",
                     append, more, node_append, node_more);
}

template <class... Arguments>
Cluster cluster_appending(const Arguments&... arguments) {
  return load_cluster(text_with(arguments...));
}

/// The findings of validation, as "CODE KEY".
std::vector<std::string> findings_of_validation(const std::string& text) {
  std::vector<std::string> result;
  for (const auto& d : validate(read_spec(text).spec).diagnostics) result.push_back(d.code + " " + d.key);
  return result;
}

bool has(const std::vector<std::string>& all, const std::string& code) {
  return std::find(all.begin(), all.end(), code) != all.end();
}

}  // namespace

TEST_CASE("pxelinux.cfg/default holds every entry, the default one first") {
  auto cluster = load_cluster(two_entries);
  CHECK(
      pxelinux::render(cluster) ==
      std::string("# Written by krgboot from cluster.yaml: default_boot. Changes made here are lost.\n"
                  "DEFAULT debian\n"
                  "PROMPT 0\n"
                  "\n"
                  "LABEL debian\n"
                  "  LINUX boot/debian/vmlinuz-6.1.0-18-amd64\n"
                  "  APPEND initrd=boot/debian/sub/initrd.img-6.1.0-18-amd64 ip=dhcp boot=nfs root=/dev/nfs "
                  "nfsroot=10.20.0.2:/srv/nfs/debian rw quiet\n"
                  "  IPAPPEND 2\n"
                  "  MENU LABEL ^Debian\n"
                  "  SERIAL 0 115200\n"
                  "\n") +
          krg_label);
}

TEST_CASE("a node's own file holds its entry and its words") {
  auto cluster = load_cluster(two_entries);
  CHECK(pxelinux::render(cluster, cluster.nodes()[1]) ==
        std::string("# Written by krgboot from cluster.yaml: nodes[0], ssi2. Changes made here are lost.\n"
                    "DEFAULT krg\n"
                    "PROMPT 0\n"
                    "\n") +
            krg_label);
  CHECK(pxelinux::render(cluster, cluster.nodes()[2]) ==
        "# Written by krgboot from cluster.yaml: nodes[1], node1. Changes made here are lost.\n"
        "DEFAULT debian\n"
        "PROMPT 0\n"
        "\n"
        "LABEL debian\n"
        "  LINUX boot/debian/vmlinuz-6.1.0-18-amd64\n"
        "  APPEND initrd=boot/debian/sub/initrd.img-6.1.0-18-amd64 ip=dhcp boot=nfs root=/dev/nfs "
        "nfsroot=10.20.0.2:/srv/nfs/debian rw quiet mem=2G a=\"b c\"\n"
        "  IPAPPEND 2\n"
        "  MENU LABEL ^Debian\n"
        "  SERIAL 0 115200\n");
}

TEST_CASE("many nodes at once are the same as each alone") {
  auto cluster = load_cluster(two_entries);
  auto with_ids = cluster_appending("[quiet]", "[mem=1G]", ", kerrighed: {session_id: 1, autonodeid: false}",
                                    ", node_id: 3");
  for (const auto* c : {&cluster, &with_ids}) {
    pxelinux::NodeMenus menus(*c);
    for (const auto& node : c->nodes()) CHECK(menus.render(node) == pxelinux::render(*c, node));
  }
  CHECK(pxelinux::render(with_ids, with_ids.nodes()[0]).find(" node_id=3 quiet mem=1G\n") !=
        std::string::npos);
}

TEST_CASE("a rendered file does what the spec says") {
  auto cluster = load_cluster(two_entries);
  for (const auto& node : cluster.nodes()) {
    auto menu = pxelinux::Menu::parse(pxelinux::render(cluster, node));
    CHECK(menu.diagnostics().empty());
    const auto& entry = cluster.boot_of(node);
    const auto* label = menu.which_label();
    REQUIRE(label);
    CHECK(label->name == entry.name);
    CHECK(menu.unattended().waits_tenths == 0);

    pxelinux::Client client;
    client.mac = node.mac;
    auto loading = menu.load(*label, client);
    CHECK(loading.problem.empty());
    CHECK(loading.kind == pxelinux::FileKind::linux_kernel);
    CHECK(loading.file == pxelinux::fetched_path(cluster.image_of(entry), entry.kernel));
    CHECK(loading.initrds.size() == (entry.initrd ? 1 : 0));
    auto line = KernelCommandLine::from_string(loading.command_line);
    CHECK((line.find("BOOTIF") != nullptr) == entry.initrd.has_value());
    auto root = find_nfs_root(line);
    REQUIRE(root);
    CHECK(root->consumer == entry.initramfs);
    CHECK(root->root->path == cluster.image_of(entry).path);
    for (const auto& word : node.append) {
      CHECK(line.find(word.substr(0, word.find('=')))->to_string() == word);
    }
  }
}

TEST_CASE("no word of append breaks out of its line") {
  auto cluster = cluster_appending(R"(["a=#b", "#", "LABEL", "{x}", "a=\"LABEL  y\"", "-", ";", "\\"])");
  auto menu = pxelinux::Menu::parse(pxelinux::render(cluster));
  REQUIRE(menu.labels().size() == 1);
  CHECK(menu.diagnostics().empty());
  auto line = KernelCommandLine::from_string(*menu.labels()[0].append);
  REQUIRE(line.parameters().size() == 12);
  CHECK(line.parameters()[4].to_string() == "a=#b");
  CHECK(line.parameters()[8].value() == "LABEL  y");
  CHECK(line.parameters()[11].name() == "\\");
}

TEST_CASE("a cluster without default") {
  auto text = std::string(two_entries);
  text.erase(text.find("default_boot: debian\n"), 21);
  text.insert(text.find("append: [mem=2G"), "boot: debian, ");
  auto cluster = load_cluster(text);
  CHECK(error_of([&] { return pxelinux::render(cluster); }).code == "pxelinux.no_default");
  CHECK_FALSE(pxelinux::render(cluster, cluster.nodes()[2]).empty());
}

TEST_CASE("where pxelinux finds a file of /boot") {
  Image image{};
  image.name = "kerrighed";
  CHECK(pxelinux::fetched_path(image, "vmlinuz") == "boot/kerrighed/vmlinuz");
  CHECK(pxelinux::fetched_path(image, "a/b") == "boot/kerrighed/a/b");
  auto prefix = std::string("boot/kerrighed/").size();
  CHECK(pxelinux::fetched_path(image, std::string(127 - prefix, 'k')).size() == 127);

  auto file = GENERATE_COPY(values<std::string>({std::string(128 - prefix, 'k'), "", "a b", "a\tb", "a\nb",
                                                 "a,b", "../a", "a/../b", "/a", "a/", "a//b", ".", "a/.",
                                                 "10.0.0.1::a", "::a", std::string("a\0", 2), "a\x7f"}));
  CAPTURE(file);
  CHECK(error_of([&] { return pxelinux::fetched_path(image, file); }).code == "pxelinux.path");
  for (const auto* name : {"", ".", "..", "a b"}) {
    image.name = name;
    CHECK(error_of([&] { return pxelinux::fetched_path(image, "k"); }).code == "pxelinux.path");
  }
}

TEST_CASE("a cluster whose boot files pxelinux takes") {
  CHECK(pxelinux::check(load_cluster(two_entries)).empty());
}

TEST_CASE("a word that would be taken for an initrd") {
  CHECK(findings_of_validation(text_with("[x.initrd=a]")) ==
        std::vector<std::string>{"pxelinux.initrd_word boot.e.append"});
  CHECK(findings_of_validation(text_with("[noinitrd, xinitrd]")).empty());
  CHECK(findings_of_validation(text_with("[x.initrd=a]", "[]", ", initrd: i")).empty());
}

// Words with the byte 0xA0 get quotes, which count as characters.
TEST_CASE("command lines at the limit") {
  const int quoted_words = 300;
  auto words = [&](std::size_t length) {
    std::string list = "[" + std::string(length, 'x');
    for (int i = 0; i < quoted_words; ++i) list += ", à";
    return list + "]";
  };
  auto load = [](const Cluster& cluster, const std::string& text) {
    auto menu = pxelinux::Menu::parse(text);
    pxelinux::Client client;
    client.mac = cluster.nodes()[0].mac;
    return menu.load(menu.labels().at(0), client);
  };
  const std::string node_id = ", kerrighed: {session_id: 1, autonodeid: false}";
  auto [more, node_more] = GENERATE_COPY(
      table<std::string, std::string>({{"", ""}, {", initrd: i", ""}, {node_id, ", node_id: 200"}}));
  CAPTURE(more);
  auto shortest = cluster_appending("[]", "[]", more, node_more);
  auto fixed = load(shortest, pxelinux::render(shortest, shortest.nodes()[0])).command_line.size();
  auto room = 2046 - fixed - 1 - quoted_words * std::string(" \"à\"").size();

  auto fits = cluster_appending("[]", words(room), more, node_more);
  auto loading = load(fits, pxelinux::render(fits, fits.nodes()[0]));
  CHECK(loading.command_line.size() == 2046);
  CHECK(loading.problem.empty());
  CHECK(pxelinux::NodeMenus(fits).render(fits.nodes()[0]) == pxelinux::render(fits, fits.nodes()[0]));

  CHECK(has(findings_of_validation(text_with("[]", words(room + 1), more, node_more)),
            "node.command_line_too_long nodes[0].append"));
  if (!node_more.empty()) return;
  CHECK(has(findings_of_validation(text_with(words(room + 1), "[]", more)),
            "boot.command_line_too_long boot.e.append"));
}

TEST_CASE("a line that is too long is told together with all other faults") {
  auto text = text_with("[" + std::string(2100, 'x') + "]");
  text.replace(text.find("router: 10.0.0.1"), 16, "router: 10.9.9.9");
  CHECK(findings_of_validation(text) == std::vector<std::string>{"network.router_outside networks[0].router",
                                                                 "boot.command_line_too_long boot.e.append"});
}

TEST_CASE("one finding for all machines of one entry") {
  std::string words = "[";
  for (int i = 0; i < 380; ++i) words += "à, ";
  auto text = std::string(two_entries);
  text.replace(text.find("boot: krg}"), 9, "boot: krg, append: " + words + "x]");
  CHECK(findings_of_validation(text) ==
        std::vector<std::string>{"image.shared_rw images.debian.root",
                                 "node.command_line_too_long nodes[0].append"});
}

TEST_CASE("paths and raw lines that are too long") {
  auto with_path = [](std::size_t length, const std::string& more) {
    auto text = std::string(two_entries);
    auto old = std::string("/NFSROOT/kerrighed");
    text.replace(text.find(old), old.size(), "/" + std::string(length - 1, 'a'));
    auto kernel = std::string("vmlinux-2.6.30-krg3.0.0");
    text.replace(text.find(kernel), kernel.size(), kernel + more);
    return text;
  };
  auto room = 255 - std::string("10.20.0.2:,nfsvers=3,tcp").size();
  auto nfs_root = std::string("nfs_root.syntax boot.krg.image");
  CHECK_FALSE(has(findings_of_validation(with_path(room, "")), nfs_root));
  CHECK(has(findings_of_validation(with_path(room + 1, "")), nfs_root));
  CHECK_FALSE(has(findings_of_validation(with_path(room + 1, "\n    initrd: i")), nfs_root));

  auto with_extra = [](std::size_t length) {
    return text_with("[]", "[]", ", extra: [\"SAY " + std::string(length - 4, 'x') + "\"]");
  };
  CHECK(findings_of_validation(with_extra(4092)).empty());
  CHECK(pxelinux::Menu::parse(pxelinux::render(load_cluster(with_extra(4092)))).diagnostics().empty());
  CHECK(findings_of_validation(with_extra(4093)) ==
        std::vector<std::string>{"pxelinux.line_too_long boot.e.extra"});
}
