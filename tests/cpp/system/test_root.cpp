#include "krgboot/system/root.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "scratch.hpp"

using krgboot::FileKind;
using krgboot::Root;

TEST_CASE("a root is a directory that is there") {
  Scratch scratch;
  scratch.write("/file", "x");
  CHECK(error_number_of([&] { Root root(scratch.host("/missing")); }) == ENOENT);
  CHECK(error_number_of([&] { Root root(scratch.host("/file")); }) == ENOTDIR);
  CHECK(Root(scratch.path() + "/").host_path() == scratch.path());
  CHECK(Root("/").is_host());
  CHECK_FALSE(scratch.root().is_host());
}

TEST_CASE("paths are absolute and clean") {
  Scratch scratch;
  auto root = scratch.root();
  auto path = GENERATE(as<std::string>{}, "", "etc/hosts", "./etc", "/etc/", "//etc", "/etc//hosts",
                       "/etc/../x", "/..", "/.", "/etc/.", "/etc/./hosts", std::string("/etc/ho\0sts", 11));
  CAPTURE(path);
  CHECK(error_of([&] { return root.status(path); }).code == "path.syntax");
  CHECK(error_of([&] { return root.read_file(path); }).code == "path.syntax");
  CHECK(error_of([&] { return root.directory(path); }).code == "path.syntax");
  CHECK(error_of([&] { root.make_directories(path); }).code == "path.syntax");
}

TEST_CASE("names with dots are ordinary names") {
  Scratch scratch;
  scratch.write("/..a/b../...", "three dots");
  CHECK(scratch.root().read_file("/..a/b../...") == "three dots");
}

TEST_CASE("parents and names of paths") {
  CHECK(krgboot::parent_path("/etc/hosts") == "/etc");
  CHECK(krgboot::parent_path("/etc") == "/");
  CHECK(krgboot::base_name("/srv/tftp/pxelinux.0") == "pxelinux.0");
  CHECK(error_of([] { return krgboot::parent_path("/"); }).code == "path.syntax");
  CHECK(error_of([] { return krgboot::base_name("/"); }).code == "path.syntax");
  CHECK(error_of([] { return krgboot::parent_path("etc/hosts"); }).code == "path.syntax");
}

TEST_CASE("status tells what stat tells") {
  Scratch scratch;
  scratch.write("/etc/hosts", "127.0.0.1 localhost\n");
  chmod(scratch.host("/etc/hosts").c_str(), 0640);
  struct timespec times[2] = {{1, 0}, {1234567890, 123456789}};
  utimensat(AT_FDCWD, scratch.host("/etc/hosts").c_str(), times, 0);
  struct stat expected;
  REQUIRE(stat(scratch.host("/etc/hosts").c_str(), &expected) == 0);

  auto status = scratch.root().status("/etc/hosts");
  REQUIRE(status);
  CHECK(status->kind == FileKind::file);
  CHECK(status->mode == 0640);
  CHECK(status->uid == geteuid());
  CHECK(status->size == 20);
  CHECK(status->inode == expected.st_ino);
  CHECK(status->device == expected.st_dev);
  CHECK(status->mtime_ns == 1234567890'123456789);
  CHECK(status->ctime_ns == expected.st_ctim.tv_sec * 1'000'000'000 + expected.st_ctim.tv_nsec);

  CHECK(scratch.root().status("/")->kind == FileKind::directory);
  CHECK(scratch.root().directory("/etc")->status("hosts") == status);
}

TEST_CASE("a missing file is no error, a refusal of the system is one") {
  Scratch scratch;
  scratch.write("/etc/hosts", "x");
  scratch.link("loop", "/loop");
  auto root = scratch.root();
  CHECK_FALSE(root.status("/missing"));
  CHECK_FALSE(root.status("/etc/hosts/below-a-file"));
  CHECK_FALSE(root.read_file("/missing/file"));
  CHECK_FALSE(root.read_link("/missing"));
  CHECK_FALSE(root.list_directory("/missing"));
  CHECK_FALSE(root.list_directory("/etc/hosts"));
  CHECK_FALSE(root.directory("/missing"));
  CHECK(error_number_of([&] { root.status("/loop/file"); }) == ELOOP);
  CHECK(error_number_of([&] { root.status_through_links("/loop"); }) == ELOOP);
  CHECK(root.status("/loop")->kind == FileKind::symlink);
  CHECK(error_number_of([&] { root.status("/" + std::string(256, 'n')); }) == ENAMETOOLONG);
}

TEST_CASE("no planted symlink leads out of the root") {
  Scratch outside;
  outside.write("/secret", "the host's");
  Scratch scratch;
  scratch.make_directory("/deep/er");
  scratch.write("/etc/passwd", "the image's");
  auto target = GENERATE_REF(as<std::string>{}, "/", "../../../../../..", "/proc/self/root", "/..",
                             std::string("/proc/self/cwd/") + "../../../../../..", outside.path());
  CAPTURE(target);
  scratch.link(target, "/deep/er/way");
  scratch.link("/deep/er/way", "/chain");
  auto root = scratch.root();
  auto secret = outside.path() + "/secret";
  for (const std::string start : {"/deep/er/way", "/chain"}) {
    // The host path appended, and the name alone, for a link to the directory itself.
    for (const auto& end : {secret, std::string("/secret")}) {
      auto path = start + end;
      CHECK_FALSE(root.status(path));
      CHECK_FALSE(root.read_file(path));
      CHECK_FALSE(root.read_through_links(path));
      CHECK_FALSE(root.status_through_links(path));
    }
  }
  // If the link leads to "/", that is the image's root.
  if (target == "/" || target.substr(0, 3) == "../" || target == "/..") {
    CHECK(root.read_file("/deep/er/way/etc/passwd") == "the image's");
    CHECK(root.beneath("/deep/er/way").read_file("/etc/passwd") == "the image's");
  }
}

TEST_CASE("a link as the last component is followed only on request") {
  Scratch scratch;
  scratch.write("/boot/vmlinuz-6.1", "kernel");
  scratch.link("/boot/vmlinuz-6.1", "/boot/vmlinuz");
  scratch.link("boot/vmlinuz", "/vmlinuz");
  scratch.link("/missing", "/dangling");
  auto root = scratch.root();
  CHECK(error_number_of([&] { root.read_file("/vmlinuz"); }) == ELOOP);
  CHECK(root.read_through_links("/vmlinuz")->bytes == "kernel");
  CHECK(root.status_through_links("/vmlinuz")->kind == FileKind::file);
  CHECK(root.status("/vmlinuz")->kind == FileKind::symlink);
  CHECK(root.status("/vmlinuz")->size == 12);
  CHECK(root.read_link("/vmlinuz") == "boot/vmlinuz");
  CHECK(root.directory("/boot")->read_link("vmlinuz") == "/boot/vmlinuz-6.1");
  CHECK(error_number_of([&] { root.read_link("/boot/vmlinuz-6.1"); }) == EINVAL);
  CHECK(error_number_of([&] { root.directory("/boot")->read_link("vmlinuz-6.1"); }) == EINVAL);
  CHECK_FALSE(root.directory("/boot")->read_link("missing"));
  CHECK(root.status("/dangling"));
  CHECK_FALSE(root.status_through_links("/dangling"));
  CHECK_FALSE(root.read_through_links("/dangling"));
}

TEST_CASE("a long link target comes whole") {
  Scratch scratch;
  std::string target(4000, 't');
  scratch.link(target, "/long");
  CHECK(scratch.root().read_link("/long") == target);
}

TEST_CASE("absolute links inside an image resolve in the image") {
  Scratch scratch;
  scratch.write("/NFSROOT/krg/boot/vmlinuz-2.6.30", "image's kernel");
  scratch.link("/boot/vmlinuz-2.6.30", "/NFSROOT/krg/vmlinuz");
  scratch.write("/boot/vmlinuz-2.6.30", "server's kernel");
  auto root = scratch.root();
  CHECK(root.read_through_links("/NFSROOT/krg/vmlinuz")->bytes == "server's kernel");
  auto image = root.beneath("/NFSROOT/krg");
  CHECK(image.read_through_links("/vmlinuz")->bytes == "image's kernel");
  CHECK(image.describe("/vmlinuz") == scratch.host("/NFSROOT/krg/vmlinuz"));
  CHECK(image.describe("/") == scratch.host("/NFSROOT/krg"));
  CHECK(error_number_of([&] { root.beneath("/missing"); }) == ENOENT);
  CHECK(error_number_of([&] { root.beneath("/boot/vmlinuz-2.6.30"); }) == ENOTDIR);
}

TEST_CASE("only regular files are read, and nothing blocks") {
  Scratch scratch;
  scratch.make_directory("/directory");
  REQUIRE(mkfifo(scratch.host("/fifo").c_str(), 0600) == 0);
  auto socket_descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  scratch.host("/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(socket_descriptor, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);
  auto root = scratch.root();
  auto directory = root.directory("/");
  for (const std::string name : {"fifo", "socket"}) {
    CAPTURE(name);
    CHECK(error_number_of([&] { root.read_file("/" + name); }) == EINVAL);
    CHECK(error_number_of([&] { root.read_through_links("/" + name); }) == EINVAL);
    CHECK(error_number_of([&] { directory->read(name); }) == EINVAL);
    CHECK(root.status("/" + name)->kind == FileKind::other);
  }
  CHECK(error_number_of([&] { root.read_file("/directory"); }) == EISDIR);
  CHECK(error_number_of([&] { directory->read("directory"); }) == EISDIR);
  close(socket_descriptor);
  // Device numbers without a driver: opening the node would fail with another error.
  if (mknod(scratch.host("/device").c_str(), S_IFCHR | 0600, makedev(4095, 1)) == 0) {
    CHECK(error_number_of([&] { root.read_file("/device"); }) == EINVAL);
    CHECK(error_number_of([&] { directory->read("device"); }) == EINVAL);
  }
}

TEST_CASE("reading keeps to its limit") {
  Scratch scratch;
  scratch.write("/four", "1234");
  scratch.write("/empty", "");
  auto root = scratch.root();
  CHECK(root.read_file("/four", 4) == "1234");
  CHECK(error_number_of([&] { root.read_file("/four", 3); }) == EFBIG);
  CHECK(root.read_file("/empty", 0) == "");
  auto content = root.read_with_status("/four");
  CHECK(content->bytes == "1234");
  CHECK(content->status == *root.status("/four"));
  // Files of /proc report size 0, but have content.
  CHECK(Root("/").read_file("/proc/sys/kernel/ostype") == "Linux\n");
  CHECK(error_number_of([&] { Root("/").read_file("/proc/cpuinfo", 10); }) == EFBIG);
  std::string large(3'000'000, 'x');
  large[2'999'999] = 'y';
  scratch.write("/large", large);
  CHECK(root.read_file("/large") == large);
}

TEST_CASE("a directory lists its names in byte order") {
  Scratch scratch;
  for (const auto* name : {"b", "a", "C", "01-52-54-00-12-34-01", "0A0B0C65", ".hidden"})
    scratch.write(std::string("/d/") + name, "");
  auto root = scratch.root();
  const std::vector<std::string> expected{".hidden", "01-52-54-00-12-34-01", "0A0B0C65", "C", "a", "b"};
  CHECK(root.list_directory("/d") == expected);
  auto directory = root.directory("/d");
  CHECK(directory->list() == expected);
  CHECK(directory->list() == expected);
  CHECK(directory->path() == "/d");
  CHECK(directory->describe("a") == scratch.host("/d/a"));
}

TEST_CASE("more names than one system call gives are all listed") {
  Scratch scratch;
  scratch.make_directory("/many");
  const std::string long_name(200, 'n');
  for (int i = 0; i < 700; ++i) std::ofstream(scratch.host("/many/" + long_name + std::to_string(i)));
  CHECK(scratch.root().list_directory("/many")->size() == 700);
}

TEST_CASE("names in a directory are single components") {
  Scratch scratch;
  scratch.write("/d/f", "x");
  auto directory = scratch.root().directory("/d");
  auto name = GENERATE(as<std::string>{}, "", ".", "..", "a/b", "../d/f", "/", std::string("f\0", 2));
  CHECK(error_of([&] { return directory->status(name); }).code == "path.name");
  CHECK(error_of([&] { return directory->read(name); }).code == "path.name");
  CHECK(error_of([&] { return directory->read_link(name); }).code == "path.name");
}

TEST_CASE("content is compared byte by byte") {
  Scratch scratch;
  std::string large(300'000, 'a');
  scratch.write("/large", large);
  scratch.write("/copy", large);
  large[299'999] = 'b';
  scratch.write("/last-byte", large);
  scratch.write("/shorter", large.substr(1));
  scratch.link("large", "/link");
  scratch.make_directory("/directory");
  REQUIRE(mkfifo(scratch.host("/fifo").c_str(), 0600) == 0);
  auto root = scratch.root();
  CHECK(root.same_content("/large", "/copy"));
  CHECK(root.same_content("/link", "/copy"));
  CHECK(root.same_content("/large", "/large"));
  CHECK_FALSE(root.same_content("/large", "/last-byte"));
  CHECK_FALSE(root.same_content("/large", "/shorter"));
  CHECK_FALSE(root.same_content("/large", "/missing"));
  CHECK_FALSE(root.same_content("/missing", "/large"));
  CHECK_FALSE(root.same_content("/large", "/link"));
  CHECK_FALSE(root.same_content("/large", "/directory"));
  CHECK_FALSE(root.same_content("/large", "/fifo"));
  CHECK(error_number_of([&] { root.same_content("/fifo", "/large"); }) == EINVAL);

  Scratch other;
  other.write("/x", "kernel");
  scratch.write("/y", "kernel");
  CHECK(root.same_content(other.root(), "/x", "/y"));
}

TEST_CASE("directories get their mode independent of the umask") {
  Scratch scratch;
  auto old_mask = umask(0077);
  auto root = scratch.root();
  root.make_directories("/var/lib/krgboot", 0755);
  umask(old_mask);
  CHECK(root.status("/var/lib/krgboot")->mode == 0755);
  CHECK(root.status("/var")->mode == 0755);
  root.make_directories("/var/lib", 0700);
  CHECK(root.status("/var/lib")->mode == 0755);

  Scratch outside;
  scratch.link(outside.path(), "/way");
  CHECK(error_number_of([&] { root.make_directories("/way/x"); }) == ENOENT);
  CHECK_FALSE(outside.exists("/x"));
  scratch.write("/file", "");
  CHECK(error_number_of([&] { root.make_directories("/file/x"); }) == ENOTDIR);
}

TEST_CASE("inside a confined directory no link is followed, wherever it leads") {
  Scratch scratch;
  scratch.write("/etc/passwd", "the server's");
  scratch.write("/image/etc.real/passwd", "the image's");
  auto target =
      GENERATE(as<std::string>(), "/etc", "../etc", "etc.real", "/image/etc.real", "/proc/self/root/etc");
  scratch.link(target, "/image/etc");
  scratch.link("/etc/passwd", "/image/shadow");
  auto root = scratch.root().confining({"/image"});
  CHECK(error_number_of([&] { root.read_file("/image/etc/passwd"); }) == ELOOP);
  CHECK(error_number_of([&] { root.directory("/image/etc"); }) == ELOOP);
  CHECK(error_number_of([&] { root.read_through_links("/image/shadow"); }) == ELOOP);
  CHECK(error_number_of([&] { root.make_directories("/image/etc/new"); }) == ELOOP);
  CHECK(error_number_of([&] {
          root.open("/image/etc/new", O_WRONLY | O_CREAT, krgboot::LastLink::stay, 0644);
        }) == ELOOP);
  CHECK_FALSE(scratch.exists("/etc/new"));
  CHECK_FALSE(scratch.exists("/image/etc.real/new"));
  // The symlink itself can be examined, and so can its neighbours.
  REQUIRE(root.status("/image/etc"));
  CHECK(root.status("/image/etc")->kind == FileKind::symlink);
  CHECK(root.read_link("/image/etc") == target);
  CHECK(root.read_file("/image/etc.real/passwd") == "the image's");
  // Without confinement, symlinks are followed.
  if (target == "/etc") CHECK(scratch.root().read_file("/image/etc/passwd") == "the server's");
}

TEST_CASE("the way to a confined directory is the server's own, and follows its links") {
  Scratch scratch;
  scratch.write("/disk/image/etc/hosts", "the image's");
  scratch.link("/disk/image", "/nfsroot");
  scratch.link("/disk/image/etc", "/nfsroot-not-inside");
  auto root = scratch.root().confining({"/nfsroot", "/nfsroot/inner", "/not-there"});
  CHECK(root.read_file("/nfsroot/etc/hosts") == "the image's");
  CHECK(root.read_file("/nfsroot-not-inside/hosts") == "the image's");
  CHECK(root.directory("/nfsroot"));
  CHECK_FALSE(root.read_file("/not-there/etc/hosts"));
  CHECK(root.confined() == std::vector<std::string>{"/nfsroot", "/nfsroot/inner", "/not-there"});
  // The outermost confined directory counts: a symlink to the inner one is not followed either.
  scratch.link("etc", "/disk/image/inner");
  CHECK(error_number_of([&] { root.read_file("/nfsroot/inner/hosts"); }) == ELOOP);
  // A root beneath another one inherits the confined directories beneath it.
  CHECK(scratch.root().confining({"/nfsroot/a"}).beneath("/nfsroot").confined() ==
        std::vector<std::string>{"/a"});
  CHECK(root.beneath("/").confined() == root.confined());
  CHECK(root.beneath("/nfsroot").confined() == std::vector<std::string>{"/inner"});
  CHECK_THROWS_AS(root.confining({"nfsroot"}), krgboot::ArgumentError);
}

TEST_CASE("a descriptor says when closing fails") {
  krgboot::FileDescriptor none;
  CHECK_FALSE(none);
  none.close("nothing");
  krgboot::FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  krgboot::FileDescriptor second(std::move(first));
  CHECK(second);
  auto number = second.get();
  second.close("/dev/null");
  CHECK_FALSE(second);
  krgboot::FileDescriptor closed(number);
  CHECK(error_number_of([&] { closed.close("/dev/null"); }) == EBADF);
  CHECK_FALSE(closed);
}
