#include "krgboot/formats/kernel/nfs_root.hpp"

#include <string>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

const Ipv4Address server = Ipv4Address::from_string("192.168.0.2");

std::string nfs_root_words(const NfsRoot& root, Initramfs consumer) {
  KernelCommandLine line;
  line.add(nfs_root_parameters(root, consumer));
  return line.to_string();
}

std::optional<NfsRootReading> nfs_root_in(const std::string& text) {
  return find_nfs_root(KernelCommandLine::from_string(text));
}

constexpr auto no_initramfs = Initramfs::none;
constexpr auto initramfs_tools = Initramfs::initramfs_tools;
constexpr auto dracut = Initramfs::dracut;

}  // namespace

TEST_CASE("one root, written for each consumer") {
  NfsRoot plain{server, "/NFSROOT/kerrighed", {}};
  CHECK(nfs_root_words(plain, no_initramfs) == "root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed");
  CHECK(nfs_root_words(plain, initramfs_tools) ==
        "boot=nfs root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed");
  CHECK(nfs_root_words(plain, dracut) == "root=nfs:192.168.0.2:/NFSROOT/kerrighed");

  NfsRoot with_options{server, "/srv/a", {"nfsvers=3", "tcp"}};
  CHECK(nfs_root_words(with_options, no_initramfs) ==
        "root=/dev/nfs nfsroot=192.168.0.2:/srv/a,nfsvers=3,tcp");
  CHECK(nfs_root_words(with_options, initramfs_tools) ==
        "boot=nfs root=/dev/nfs nfsroot=192.168.0.2:/srv/a,nfsvers=3,tcp");
  CHECK(nfs_root_words(with_options, dracut) == "root=nfs:192.168.0.2:/srv/a:nfsvers=3,tcp");

  NfsRoot by_dhcp;
  CHECK(nfs_root_words(by_dhcp, no_initramfs) == "root=/dev/nfs");
  CHECK(nfs_root_words(by_dhcp, initramfs_tools) == "boot=nfs root=/dev/nfs nfsroot=auto");
  CHECK(nfs_root_words(by_dhcp, dracut) == "root=nfs");
}

TEST_CASE("what is written is read back") {
  auto consumer = GENERATE(values({no_initramfs, initramfs_tools, dracut}));
  auto root = GENERATE(values<NfsRoot>({{server, "/NFSROOT/kerrighed", {}},
                                        {server, "/", {}},
                                        {server, "/a/b.c-d_e+f@g=h~", {"nfsvers=3", "tcp", "rsize=32768"}},
                                        {std::nullopt, "/srv/a", {"tcp"}},
                                        {std::nullopt, "", {}}}));
  auto text = nfs_root_words(root, consumer);
  CAPTURE(text);
  auto reading = nfs_root_in("ip=dhcp " + text + " ro quiet");
  REQUIRE(reading);
  CHECK(reading->consumer == consumer);
  CHECK(reading->root == root);
  CHECK(reading->problem.empty());
}

TEST_CASE("other spellings of a root over NFS") {
  struct Case {
    std::string text;
    Initramfs consumer;
    NfsRoot root;
  };
  auto c = GENERATE(values<Case>({
      {"nfsroot=192.168.0.2:/a", no_initramfs, {server, "/a", {}}},
      {"root=/dev/nfs nfsroot=kerrighed,tcp", no_initramfs, {std::nullopt, "/tftpboot/kerrighed", {"tcp"}}},
      {"root=/dev/nfs nfsroot=,tcp", no_initramfs, {std::nullopt, "", {"tcp"}}},
      {"root=/dev/nfs nfsroot=/a,,tcp,", no_initramfs, {std::nullopt, "/a", {"tcp"}}},
      {"root=/dev/nfs nfsroot=", no_initramfs, {}},
      {"root=/dev/sda1 root=/dev/nfs nfsroot=/b nfsroot=/a", no_initramfs, {std::nullopt, "/a", {}}},
      {"boot=nfs nfsroot=192.168.0.2:/a:b", initramfs_tools, {server, "/a:b", {}}},
      {"boot=nfs", initramfs_tools, {}},
      {"root=nfs4:192.168.0.2:/a:rsize=1024", dracut, {server, "/a", {"vers=4", "rsize=1024"}}},
      {"root=nfs:192.168.0.2:/a,tcp", dracut, {server, "/a", {"tcp"}}},
      {"root=192.168.0.2:/a", dracut, {server, "/a", {}}},
      {"root=nfs:/a", dracut, {std::nullopt, "/a", {}}},
      {"root=nfs4", dracut, {}},
  }));
  CAPTURE(c.text);
  auto reading = nfs_root_in(c.text);
  REQUIRE(reading);
  CHECK(reading->consumer == c.consumer);
  CHECK(reading->problem == "");
  CHECK(reading->root == c.root);
}

TEST_CASE("command lines without a root over NFS") {
  auto text = GENERATE(as<std::string>{}, "", "root=/dev/sda1", "root=/dev/sda1 nfsroot=192.168.0.2:/a",
                       "root=nfsx", "root=", "root=UUID=nfs:", "root=/dev/nfs1", "boot=local",
                       "quiet -- root=/dev/nfs", "root=/dev/nfs root=/dev/sda1", "xroot=/dev/nfs");
  CAPTURE(text);
  CHECK_FALSE(nfs_root_in(text));
}

TEST_CASE("roots over NFS that cannot be read") {
  auto [text, problem] = GENERATE(table<std::string, std::string>({
      {"root=/dev/nfs nfsroot=192.168.0.256:/a", R"("192.168.0.256" is not the IPv4 address of a server)"},
      {"root=/dev/nfs nfsroot=1.2.3:/a", R"("1.2.3" is not the IPv4 address of a server)"},
      {"boot=nfs nfsroot=server:/a", R"("server" is not the IPv4 address of a server)"},
      {"boot=nfs nfsroot=192.168.0.2:a", R"(the path "a" is not absolute)"},
      {"boot=nfs nfsroot=a,tcp", R"(the path "a" is not absolute)"},
      {"root=nfs:server:/a", R"("server" is not the IPv4 address of a server)"},
      {"root=nfs:192.168.0.2", R"(the path "192.168.0.2" is not absolute)"},
      {"root=nfs:a:b:192.168.0.2:/a", R"("a" is not the IPv4 address of a server)"},
  }));
  CAPTURE(text);
  auto reading = nfs_root_in(text);
  REQUIRE(reading);
  CHECK_FALSE(reading->root);
  CHECK(reading->problem == problem);
}

TEST_CASE("paths that would be read as something else are refused") {
  struct Case {
    std::string path;
    bool kernel, initramfs_tools, dracut;
  };
  auto c = GENERATE(values<Case>({
      {"/a b", false, false, false},
      {"/a,b", false, false, false},
      {"/a\"b", false, false, false},
      {"/a\nroot=x", false, false, false},
      {"/\xc3\xa0", false, false, false},
      {"a", false, false, false},
      {"/a%s", false, true, false},
      {"/a:b", true, true, false},
      {"/a#b", true, true, true},
      {"/" + std::string(238, 'a'), true, true, true},
      {"/" + std::string(300, 'a'), false, true, true},
  }));
  NfsRoot root{server, c.path, {}};
  CAPTURE(c.path);
  CHECK(problem_with(root, no_initramfs).has_value() != c.kernel);
  CHECK(problem_with(root, initramfs_tools).has_value() != c.initramfs_tools);
  CHECK(problem_with(root, dracut).has_value() != c.dracut);
  if (!c.dracut) CHECK(error_of([&] { return nfs_root_parameters(root, dracut); }).code == "nfs_root.syntax");
}

TEST_CASE("options and servers that cannot be carried") {
  for (auto consumer : {no_initramfs, initramfs_tools, dracut}) {
    for (const auto* option : {"", "a,b", "a b", "a:b", "a\"", "a\n"}) {
      CHECK(problem_with({server, "/a", {option}}, consumer));
    }
    CHECK(problem_with({server, "", {}}, consumer));
    CHECK_FALSE(problem_with({std::nullopt, "", {}}, consumer));
  }
  // The kernel's limit is 255 characters.
  auto path_of = [](std::size_t length) { return "/" + std::string(length - 1, 'a'); };
  auto room = 255 - std::string("192.168.0.2:,nfsvers=3,tcp").size();
  CHECK_FALSE(problem_with({server, path_of(room), {"nfsvers=3", "tcp"}}, no_initramfs));
  CHECK(problem_with({server, path_of(room + 1), {"nfsvers=3", "tcp"}}, no_initramfs));
}

TEST_CASE("an initrd decides how the kernel's form is read", "[nfs_root]") {
  auto line = KernelCommandLine::from_string("ip=dhcp root=/dev/nfs nfsroot=192.168.0.2:/a,tcp");
  for (auto maker : {initramfs_tools, dracut, no_initramfs}) {
    auto reading = find_nfs_root(line, maker);
    REQUIRE(reading);
    CHECK(reading->consumer == maker);
    CHECK(reading->root == NfsRoot{server, "/a", {"tcp"}});
  }
  auto by_boot = KernelCommandLine::from_string("boot=nfs root=/dev/nfs nfsroot=192.168.0.2:/a");
  CHECK(find_nfs_root(by_boot, dracut)->consumer == dracut);
  CHECK(find_nfs_root(by_boot)->consumer == initramfs_tools);
  auto by_dracut = KernelCommandLine::from_string("root=nfs:192.168.0.2:/a");
  CHECK(find_nfs_root(by_dracut, initramfs_tools)->consumer == dracut);
  CHECK_FALSE(find_nfs_root(KernelCommandLine::from_string("root=/dev/sda1"), initramfs_tools));
}

TEST_CASE("DHCP's root-path as each consumer reads it", "[nfs_root]") {
  CHECK(read_root_path(no_initramfs, "192.168.0.2:/a,tcp").root == NfsRoot{server, "/a", {"tcp"}});
  CHECK(read_root_path(initramfs_tools, "192.168.0.2:/a,tcp").root == NfsRoot{server, "/a,tcp", {}});
  CHECK(read_root_path(dracut, "nfs4:192.168.0.2:/a").root == NfsRoot{server, "/a", {"vers=4"}});
  CHECK_FALSE(read_root_path(no_initramfs, "n1").root);  // /tftpboot/n1 applies to nfsroot= only
}

TEST_CASE("the version of NFS that a root is mounted by", "[nfs_root]") {
  auto version = [](Initramfs consumer, std::vector<std::string> options) {
    return nfs_version({consumer, NfsRoot{std::nullopt, "/a", std::move(options)}, ""});
  };
  CHECK(version(initramfs_tools, {}) == 3);
  CHECK(version(initramfs_tools, {"v2"}) == 2);
  CHECK(version(no_initramfs, {}) == std::nullopt);
  CHECK(version(no_initramfs, {"tcp", "nfsvers=2", "vers=3"}) == 3);
  CHECK(version(dracut, {}) == std::nullopt);
  CHECK(version(dracut, {"vers=4.2"}) == 4);
}
