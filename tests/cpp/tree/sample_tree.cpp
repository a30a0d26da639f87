#include "sample_tree.hpp"

#include "krgboot/system/process.hpp"
#include "krgboot/tree/scan.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "catch.hpp"
#include "not_tested.hpp"
#include "system/extended_attributes.hpp"

using namespace krgboot;
using krgboot::test::set_attribute;

namespace {

void write_at(const std::string& path, off_t offset, const std::string& bytes, off_t size) {
  int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  REQUIRE(file >= 0);
  CHECK(pwrite(file, bytes.data(), bytes.size(), offset) == static_cast<ssize_t>(bytes.size()));
  CHECK(ftruncate(file, size) == 0);
  close(file);
}

}  // namespace

bool may_make_everything() {
  return is_root("only root can make owners, device nodes and capabilities");
}

void make_everything(const Scratch& scratch, const std::string& path) {
  auto at = [&](const std::string& name) { return scratch.host(path + "/" + name); };
  auto file = [&](const std::string& name, const std::string& content) {
    scratch.write(path + "/" + name, content);
  };

  file("etc/hostname", "node\n");
  file("etc/empty", "");
  file("usr/bin/setuid", "#!/bin/sh\n");
  REQUIRE(chown(at("usr/bin/setuid").c_str(), 1000, 1001) == 0);
  REQUIRE(chmod(at("usr/bin/setuid").c_str(), 06755) == 0);
  file("usr/bin/ping", std::string(5000, 'p'));
  check_run({"setcap", "cap_net_raw+ep", at("usr/bin/ping")});
  std::string large;
  for (unsigned i = 0; large.size() < 3'500'000; ++i) large += std::to_string(i * 7919) + "\n";
  file("usr/lib/large", large);
  file("owner/beyond-ustar", "x");
  REQUIRE(chown(at("owner/beyond-ustar").c_str(), 3'000'000, 4'000'000'000U) == 0);

  file("names/blank and\nnewline", "1");
  file("names/not utf-8 \xff\xfe", "2");
  file(
      "names/gr\xc3\xbc\xc3\x9f"
      "e",
      "3");
  file("names/*?[#\\=", "4");
  file("names/-rf", "5");
  std::string deep = "names";
  for (int i = 0; i < 6; ++i) deep += "/" + std::string(60, static_cast<char>('a' + i));
  file(deep + "/file", "6");
  scratch.link(std::string(150, 't'), path + "/names/long target");
  scratch.link("\xfd\xfe", path + "/names/odd target \xfe");
  scratch.link("/etc/passwd", path + "/etc/absolute");

  file("links/a", "linked");
  REQUIRE(link(at("links/a").c_str(), at("etc/b").c_str()) == 0);
  REQUIRE(link(at("links/a").c_str(), at("links/c").c_str()) == 0);
  scratch.link("a", path + "/links/symlink");
  REQUIRE(link(at("links/symlink").c_str(), at("links/symlink 2").c_str()) == 0);
  REQUIRE(lchown(at("links/symlink").c_str(), 5, 6) == 0);

  write_at(at("etc/sparse"), 10 << 20, std::string(100'000, 's'), 20 << 20);
  write_at(at("etc/sparse data last"), 5 << 20, "end", (5 << 20) + 3);
  write_at(at("etc/all hole"), 0, "", 5'000'001);

  scratch.make_directory(path + "/dev");
  REQUIRE(mkfifo(at("dev/fifo").c_str(), 0620) == 0);
  REQUIRE(mknod(at("dev/null").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0);
  REQUIRE(chmod(at("dev/null").c_str(), 0666) == 0);
  REQUIRE(mknod(at("dev/loop").c_str(), S_IFBLK | 0660, makedev(7, 300)) == 0);
  REQUIRE(chown(at("dev/loop").c_str(), 0, 6) == 0);

  file("acl/file", "acl");
  check_run({"setfacl", "-m", "u:1234:rwx,g:77:r--,m::r-x", at("acl/file")});
  check_run({"setfacl", "-d", "-m", "u:4321:rw-", at("acl")});
  set_attribute(at("acl/file"), "user.binary", std::string("\0=\n\xff", 4));
  set_attribute(at("acl/file"), "user.empty", "");
  set_attribute(at("acl"), "trusted.overlay.opaque", "y");
  set_attribute(at("etc/absolute"), "trusted.of.a.symlink", "1");
  set_attribute(at("dev/null"), "trusted.of.a.device", "2");

  scratch.make_directory(path + "/empty");
  scratch.make_directory(path + "/tmp");
  REQUIRE(chmod(at("tmp").c_str(), 01777) == 0);
  REQUIRE(chmod(at("owner").c_str(), 02750) == 0);
  REQUIRE(chmod(at("links").c_str(), 0555) == 0);
  set_time(at("etc/hostname"), 1'000'000'000, 123'456'789);
  set_time(at("etc/absolute"), 1'234'567'890, 1);
  set_time(at("etc/empty"), -5, 0);
  set_time(at("dev/null"), 7, 7);
  set_time(at("owner"), 999, 999'999'999);
  set_time(at("names"), 8'000'000'000, 5);
}

std::vector<TreeEntry> entries_of(const std::string& host_path) {
  std::vector<TreeEntry> entries;
  auto report = scan(Root(host_path), [&](const TreeEntry& entry) { entries.push_back(entry); });
  CHECK(report.entries == entries.size());
  return entries;
}

void set_time(const std::string& path, std::int64_t seconds, long nanoseconds) {
  struct timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

std::vector<std::string> names_in(const Scratch& scratch, const std::string& path) {
  return scratch.root().list_directory(path).value();
}
