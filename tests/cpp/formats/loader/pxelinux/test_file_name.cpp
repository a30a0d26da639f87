#include "krgboot/formats/loader/pxelinux/file_name.hpp"

#include "catch.hpp"

using krgboot::pxelinux::parse_file_name;

TEST_CASE("pxelinux takes a file from a server that its name gives", "[pxelinux]") {
  auto plain = parse_file_name("boot/a/vmlinuz");
  CHECK(plain.path == "boot/a/vmlinuz");
  CHECK_FALSE(plain.whole);
  CHECK_FALSE(plain.server);
  CHECK(plain.by_tftp());

  auto whole = parse_file_name("::boot/vmlinuz");
  CHECK(whole.path == "boot/vmlinuz");
  CHECK(whole.whole);
  CHECK_FALSE(whole.server);

  auto of_server = parse_file_name("10.20.0.2::boot/vmlinuz");
  CHECK(of_server.path == "boot/vmlinuz");
  CHECK(of_server.server == "10.20.0.2");
  CHECK(of_server.by_tftp());

  auto url = parse_file_name("HTTP://boot.example.org/debian/vmlinuz");
  CHECK(url.scheme == "http");
  CHECK(url.server == "boot.example.org");
  CHECK(url.path == "debian/vmlinuz");
  CHECK_FALSE(url.by_tftp());
  CHECK(parse_file_name("tftp://10.20.0.2/vmlinuz").by_tftp());
}

TEST_CASE("a colon elsewhere in a file's name is one of its characters", "[pxelinux]") {
  for (const auto* name : {"", ":", "a:b", "a:b::c", "/boot/vmlinuz", "boot/http:x"}) {
    CAPTURE(name);
    CHECK(parse_file_name(name).path == name);
    CHECK_FALSE(parse_file_name(name).server);
  }
}
