#include "krgboot/base/error.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/new_menu.hpp"

#include <string>

#include "catch.hpp"
#include "codes.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::pxelinux;
using krgboot::test::codes;

namespace {

NewLabel linux_label() {
  return {.name = "debian",
          .kernel = "debian/vmlinuz",
          .initrds = {"a.img", "b.img"},
          .append = "ro quiet",
          .sysappend = 2};
}

std::string code_of(const NewMenu& menu) {
  return error_of([&] { return render(menu); }).code;
}

}  // namespace

TEST_CASE("a written menu is read back with the same meaning") {
  NewMenu wanted{{linux_label(), {.name = "disk", .localboot = "-1", .extra = {"MENU LABEL The disk"}}},
                 "disk",
                 true,
                 50};
  auto text = render(wanted);
  CHECK(text ==
        "# Written by krgboot. Changes made here are lost.\n"
        "DEFAULT disk\n"
        "PROMPT 1\n"
        "TIMEOUT 50\n"
        "\n"
        "LABEL debian\n"
        "  LINUX debian/vmlinuz\n"
        "  APPEND initrd=a.img,b.img ro quiet\n"
        "  IPAPPEND 2\n"
        "\n"
        "LABEL disk\n"
        "  LOCALBOOT -1\n"
        "  MENU LABEL The disk\n");
  auto menu = Menu::parse(text);
  CHECK(check(text).empty());
  CHECK(menu.unattended().label->name == "disk");
  CHECK(menu.timeout() == 50);
  auto loading = menu.load(menu.labels().front());
  CHECK(loading.initrds == std::vector<std::string>{"a.img", "b.img"});
  CHECK(loading.command_line == "BOOT_IMAGE=debian/vmlinuz initrd=a.img,b.img ro quiet");
}

TEST_CASE("the first label is the default, and a kernel needs nothing else") {
  auto text = render(NewMenu{{{.name = "memtest", .kernel = "memtest86+"}}});
  CHECK(Menu::parse(text).which_label()->kernel == "memtest86+");
  CHECK(check(text).empty());
}

TEST_CASE("a menu that cannot be written is refused") {
  auto label = linux_label();
  CHECK(code_of({}) == "pxelinux.no_label");
  CHECK(code_of({{label}, "other"}) == "pxelinux.no_default");
  label.name = "two words";
  CHECK(code_of({{label}}) == "pxelinux.label");
  label = linux_label();
  label.localboot = "0";
  CHECK(code_of({{label}}) == "pxelinux.no_kernel");
  CHECK(code_of({{{.name = "a"}}}) == "pxelinux.no_kernel");
  label = linux_label();
  label.initrds = {"a,b"};
  CHECK(code_of({{label}}) == "pxelinux.path");
  label = linux_label();
  label.append = "quiet\nLABEL other";
  CHECK(code_of({{label}}) == "pxelinux.extra");
  label = linux_label();
  label.extra = {"MENU LABEL x\nDEFAULT y"};
  CHECK(code_of({{label}}) == "pxelinux.extra");
}

TEST_CASE("what syslinux would refuse or split is an error") {
  auto label = linux_label();
  label.append = std::string(2040, 'x');
  CHECK(codes(check(render(NewMenu{{label}}))) == std::vector<std::string>{"pxelinux.refused"});
  label.append = std::string(5000, 'x');
  CHECK(has_errors(check(render(NewMenu{{label}}))));
  CHECK(check("LABEL a\nLINUX x\nMENU DISABLE\n").empty());
  CHECK(codes(check("NO_WORD\nLABEL a\nLINUX x\n")) == std::vector<std::string>{"pxelinux.unknown_keyword"});
}
