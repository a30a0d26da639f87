#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText boot(const std::string& text) {
  return ClusterText().with("boot", "boot: {" + text + "}");
}

ClusterText append(const std::string& words) {
  return boot_fields("append: [" + words + "]");
}

ClusterText node_append(const std::string& words) {
  return ClusterText().with(
      "nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', append: [" + words + "]}]");
}

}  // namespace

TEST_CASE("the name of a boot entry is a label of pxelinux") {
  auto named = [](const std::string& name) {
    return boot("debian: {image: debian, kernel: k}, " + name + ": {image: debian, kernel: k}");
  };
  for (const auto& name : Texts{"debian-3.0_x", "a", "default"})
    accepted(boot("debian: {image: debian, kernel: k}, '" + name + "': {image: debian, kernel: k}"));
  for (const auto& name : Texts{"a b", "-a", ".a", "a/b", "é"}) {
    CAPTURE(name);
    refused(named("^'" + name + "'"), "boot.name_syntax", "boot." + in_quotes(name));
  }
}

TEST_CASE("kernel and initrd are files below the image's boot directory") {
  for (const auto& file : Texts{"vmlinuz-2.6.30-krg3.0.0", "krg/vmlinuz", "a+b@c=d~e"}) {
    CAPTURE(file);
    accepted(boot("debian: {image: debian, kernel: '" + file + "'}"));
    accepted(boot_fields("initrd: '" + file + "'"));
  }
  struct Row {
    std::string file;
    std::string code;
  };
  for (const auto& [file, code] : std::vector<Row>{{"/boot/vmlinuz", "path.absolute"},
                                                   {"../vmlinuz", "path.not_normal"},
                                                   {"./vmlinuz", "path.not_normal"},
                                                   {"krg//vmlinuz", "path.not_normal"},
                                                   {"krg/", "path.not_normal"},
                                                   {"my vmlinuz", "path.characters"},
                                                   {"a,b", "path.characters"},
                                                   {"::a", "path.characters"},
                                                   {"a\\nb", "path.control"}}) {
    CAPTURE(file);
    refused(boot("debian: {image: debian, kernel: ^\"" + file + "\"}"), code, "boot.debian.kernel");
    refused(boot_fields("initrd: ^\"" + file + "\""), code, "boot.debian.initrd");
  }
  refused(boot_fields("initrd: ^vmlinuz"), "boot.initrd_is_kernel", "boot.debian.initrd");
}

TEST_CASE("pxelinux takes names of 127 characters") {
  // "boot/debian/" has 12 of them.
  accepted(boot("debian: {image: debian, kernel: " + std::string(115, 'k') + "}"));
  refused(boot("debian: {image: debian, kernel: ^" + std::string(116, 'k') + "}"), "boot.tftp_path_too_long",
          "boot.debian.kernel");
  accepted(boot_fields("initrd: " + std::string(115, 'i')));
  refused(boot_fields("initrd: ^" + std::string(116, 'i')), "boot.tftp_path_too_long", "boot.debian.initrd");
}

TEST_CASE("an initrd and who made it go together") {
  CHECK(accepted(boot_fields("initrd: i")).boot()[0].initramfs == Initramfs::initramfs_tools);
  CHECK(accepted(boot_fields("initrd: i, initramfs: dracut")).boot()[0].initramfs == Initramfs::dracut);
  CHECK(accepted(boot_fields("initramfs: none")).boot()[0].initramfs == Initramfs::none);
  CHECK(accepted(boot_fields("append: []")).boot()[0].initramfs == Initramfs::none);
  refused(boot_fields("initramfs: ^dracut"), "boot.initramfs_without_initrd", "boot.debian.initramfs");
  refused(boot_fields("initrd: i, initramfs: ^none"), "boot.initrd_without_initramfs",
          "boot.debian.initramfs");
}

TEST_CASE("a default_boot that is no entry names the one that was meant") {
  auto finding =
      refused(ClusterText().with("default_boot", "default_boot: ^debain"), "boot.unknown", "default_boot");
  CHECK(finding.hint == "did you mean debian?");
}

TEST_CASE("the words of append are words of a kernel command line") {
  for (const auto& words :
       Texts{"quiet, console=ttyS0, 'console=ttyS1,115200n8', mem=2G", R"('a="b c"')", R"('"a=b c"')",
             "'a=ü'", "'#'", "'---'", "'a;b'",
             "rooted=1, iproute=x, bootdegraded, rootdelay=5, nfsrootdebug, row, initrdmem=1",
             "'x=root=/dev/sda'", "'-'"}) {
    CAPTURE(words);
    accepted(append(words));
    accepted(node_append(words));
  }
  struct Row {
    std::string word;
    std::string code;
  };
  for (const auto& [word, code] : std::vector<Row>{{R"("a b")", "append.blank"},
                                                   {R"("a=\"b\" c")", "append.blank"},
                                                   {R"(" a")", "append.blank"},
                                                   {R"("a=\"b")", "append.quote"},
                                                   {R"("a\nb")", "append.control"},
                                                   {R"("a\tb")", "append.control"},
                                                   {R"("a\e")", "append.control"},
                                                   {R"("--")", "append.separator"},
                                                   {"root=/dev/sda1", "append.set_by_krgboot"},
                                                   {"'\"root=/dev/sda1\"'", "append.set_by_krgboot"},
                                                   {"'a=\"b root=/dev/sda1\"'", "append.set_by_krgboot"},
                                                   {"'ro\"ot=/dev/sda1\"'", "append.set_by_krgboot"},
                                                   {"nfsroot=10.0.0.9:/x", "append.set_by_krgboot"},
                                                   {"nfsaddrs=dhcp", "append.set_by_krgboot"},
                                                   {"netroot=nfs", "append.set_by_krgboot"},
                                                   {"ip=dhcp", "append.set_by_krgboot"},
                                                   {"ip", "append.set_by_krgboot"},
                                                   {"boot=live", "append.set_by_krgboot"},
                                                   {"initrd=x", "append.set_by_krgboot"},
                                                   {"ro", "append.set_by_krgboot"},
                                                   {"rw", "append.set_by_krgboot"},
                                                   {"BOOTIF=01-52-54-00-00-00-01", "append.set_by_krgboot"},
                                                   {"session_id=1", "append.set_by_krgboot"},
                                                   {"session-id=1", "append.set_by_krgboot"},
                                                   {"node_id=1", "append.set_by_krgboot"},
                                                   {"autonodeid=1", "append.set_by_krgboot"},
                                                   {"nb_nodes_min=4", "append.set_by_krgboot"}}) {
    CAPTURE(word);
    refused(append("quiet, ^" + word), code, "boot.debian.append[1]");
    refused(node_append("quiet, ^" + word), code, "nodes[0].append[1]");
  }
}

TEST_CASE("what krgboot sets itself says where it comes from") {
  CHECK(contains(refused(append("^session_id=1"), "append.set_by_krgboot", "boot.debian.append[0]").hint,
                 "kerrighed:"));
  CHECK(contains(refused(append("^ro"), "append.set_by_krgboot", "boot.debian.append[0]").hint, "root:"));
  CHECK(contains(refused(append("^node_id=1"), "append.set_by_krgboot", "boot.debian.append[0]").hint,
                 "node_id:"));
}

TEST_CASE("a command line fits into 2047 characters") {
  accepted(append("a=" + std::string(1650, 'x')));
  refused(boot_fields("append: ^[a=" + std::string(2047, 'x') + "]"), "boot.command_line_too_long",
          "boot.debian.append");
  auto both = [](const std::string& mark, std::size_t node) {
    return append("a=" + std::string(1000, 'x'))
        .with("nodes",
              "nodes: [{name: 'n[1-3]', address: '10.0.0.[11-13]', mac: '52:54:00:00:00:[01-03]', append: " +
                  mark + "[b=" + std::string(node, 'x') + "]}]");
  };
  accepted(both("", 600));
  // Reported once for the entry, not for each of its machines.
  refused(both("^", 1000), "node.command_line_too_long", "nodes[0].append");
}

TEST_CASE("raw lines of a boot entry do not change what it boots") {
  for (const auto& lines : Texts{"'MENU LABEL Debian'", "'SYSAPPEND 2'", "'ipappend 0x6'",
                                 "'TEXT HELP', 'LABEL is a word here', ' ENDTEXT '", "'# KERNEL x'",
                                 "'LABELS'", "''", "'  MENU INDENT 1'", "\"MENU\\tHIDE\"", "'F1 help.txt'"}) {
    CAPTURE(lines);
    accepted(boot_fields("extra: [" + lines + "]"));
  }
  struct Row {
    std::string lines;
    std::string code;
    std::size_t index;
  };
  for (const auto& [lines, code, index] :
       std::vector<Row>{{"^'LABEL other'", "extra.keyword", 0},
                        {"'MENU HIDE', ^'  label other'", "extra.keyword", 1},
                        {"^'KERNEL x'", "extra.keyword", 0},
                        {"^'LINUX x'", "extra.keyword", 0},
                        {"^'APPEND x'", "extra.keyword", 0},
                        {"^'Append'", "extra.keyword", 0},
                        {"^'INITRD x'", "extra.keyword", 0},
                        {"^'DEFAULT x'", "extra.keyword", 0},
                        {"^'LOCALBOOT 0'", "extra.keyword", 0},
                        {"^'COM32 menu.c32'", "extra.keyword", 0},
                        {"^\"KERNEL\\tx\"", "extra.keyword", 0},
                        {"^'SYSAPPEND 3'", "extra.ip", 0},
                        {"^'IPAPPEND 1'", "extra.ip", 0},
                        {"^'SYSAPPEND 0xB'", "extra.ip", 0},
                        {"^'TEXT HELP', 'a'", "extra.text", 0},
                        {"'TEXT HELP', 'ENDTEXT', ^'TEXT HELP'", "extra.text", 2},
                        {"^\"MENU HIDE\\nLABEL x\"", "extra.control", 0},
                        {"^\"\\e[2J\"", "extra.control", 0}}) {
    CAPTURE(lines);
    refused(boot_fields("extra: [" + lines + "]"), code, fmt::format("boot.debian.extra[{}]", index));
  }
}
