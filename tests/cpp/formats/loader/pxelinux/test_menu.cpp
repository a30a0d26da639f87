#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "codes.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::pxelinux;
using krgboot::test::codes;

namespace {

using Outcome = Unattended::Outcome;
using Words = std::vector<std::string>;

// The guide's own boot file.
constexpr auto guides_menu =
    "DEFAULT kerrighed\n"
    "LABEL kerrighed\n"
    "kernel boot/vmlinux-2.6.30-krg3.0.0\n"
    "append ip=dhcp root=/dev/nfs session_id=1 autonodeid=1\n";

constexpr auto full_menu =
    "# Mine\r\n"
    "SERIAL 0 115200\n"
    "\tdefault  b  extra words\n"
    "prompt 1\n"
    "Timeout 50\n"
    "TOTALTIMEOUT 9000\n"
    "ONTIMEOUT a\n"
    "append global\n"
    "IPAPPEND 0x3\n"
    "\n"
    "LABEL a rest is ignored\n"
    "  MENU LABEL ^First\n"
    "  LINUX vmlinuz\n"
    "  INITRD one,two\n"
    "  SYSAPPEND 2\n"
    "LABEL b\n"
    "  KERNEL vmlinuz-b\n"
    "  APPEND initrd=three,four quiet\n"
    "LABEL c\n"
    "  LOCALBOOT 0\n"
    "  APPEND -\n"
    "INCLUDE other.cfg\n"
    "frobnicate\n"
    "no newline";

}  // namespace

TEST_CASE("a menu is its text, to the byte") {
  auto text =
      GENERATE(as<std::string>{}, "", "\n", guides_menu, full_menu, "\r\n\r", "LABEL", "label a\nlabel a",
               "\t \n", std::string("DEFAULT a\0b\nLABEL a\n", 20), "TEXT HELP\nLABEL x\n");
  auto menu = Menu::parse(text);
  CHECK(menu.to_string() == text);
  std::string joined;
  for (const auto& line : menu.lines()) joined += line.text;
  CHECK(joined == text);
  CHECK(menu == Menu::parse(text));
  CHECK_FALSE(menu == Menu::parse(text + " "));
}

TEST_CASE("keywords in any case, arguments as they stand") {
  auto menu = Menu::parse(full_menu);
  CHECK(menu.default_command() == "b  extra words");
  CHECK(menu.serial() == "0 115200");
  CHECK(menu.prompt());
  CHECK(menu.timeout() == 50);
  CHECK(menu.total_timeout() == 9000);
  CHECK(menu.on_timeout() == "a");
  CHECK(menu.implicit());
  CHECK_FALSE(menu.ui());
  REQUIRE(menu.includes().size() == 1);
  CHECK(menu.includes()[0] == Include{"other.cfg", {22, 1}});

  REQUIRE(menu.labels().size() == 3);
  const auto& a = menu.labels()[0];
  CHECK(a.name == "a");
  CHECK(a.at == Position{11, 1});
  CHECK(a.kind == FileKind::linux_kernel);
  CHECK(a.kernel == "vmlinuz");
  CHECK(a.kernel_at == Position{13, 3});
  CHECK(a.initrd == "one,two");
  CHECK(a.sysappend == 2);
  CHECK(a.append == "global");
  CHECK(a.append_at == Position{8, 1});
  CHECK(a.menu_label == "^First");
  const auto& b = menu.labels()[1];
  CHECK(b.append == "initrd=three,four quiet");
  CHECK(b.sysappend == 3);
  CHECK(b.kind == FileKind::by_extension);
  const auto& c = menu.labels()[2];
  CHECK(c.kind == FileKind::localboot);
  CHECK(c.append == "");

  CHECK(menu.lines()[2].keyword == "DEFAULT");
  CHECK(menu.lines()[2].at == Position{3, 2});
  CHECK(menu.lines()[11].keyword == "MENU LABEL");
  CHECK(menu.lines()[0].keyword.empty());
  CHECK(menu.lines()[22].keyword.empty());
  CHECK(codes(menu.diagnostics()) == Words{"pxelinux.unknown_keyword", "pxelinux.unknown_keyword"});
  CHECK(menu.diagnostics()[0].where.position == Position{23, 1});
}

TEST_CASE("what is no keyword") {
  auto line = GENERATE(as<std::string>{}, "#DEFAULT a", "# DEFAULT a", "DEFAULTa", "DEFAULT=a", "DEFAUL a",
                       "; x", "\"DEFAULT\" a", "DEFAULTS a");
  auto menu = Menu::parse(line);
  CHECK_FALSE(menu.default_command());
  CHECK(menu.lines()[0].keyword.empty());
  CHECK(menu.diagnostics().size() == (line[0] == '#' ? 0 : 1));
}

TEST_CASE("a line ends at a carriage return or NUL") {
  CHECK(Menu::parse("DEFAULT a\r\n").default_command() == "a");
  CHECK(Menu::parse("DEFAULT a\rb\n").default_command() == "a");
  CHECK(Menu::parse(std::string("DEFAULT a\0b\n", 12)).default_command() == "a");
  CHECK(Menu::parse("DEFAULT a \n").default_command() == "a ");
  CHECK(Menu::parse("\x01"
                    "DEFAULT\x7f"
                    "a\n")
            .default_command() == "a");
}

TEST_CASE("help text is no menu") {
  auto menu = Menu::parse("LABEL a\nTEXT HELP\nLABEL b\n frob\n\tendtext \nLINUX x\n");
  REQUIRE(menu.labels().size() == 1);
  CHECK(menu.labels()[0].kernel == "x");
  CHECK(menu.diagnostics().empty());
  CHECK(menu.lines()[4].keyword == "ENDTEXT");
}

TEST_CASE("what holds for labels that do not say") {
  auto menu = Menu::parse(
      "LABEL own\nAPPEND mine\n"
      "MENU SEPARATOR\nAPPEND global\nSYSAPPEND 4\n"
      "LABEL none\nAPPEND -\nSYSAPPEND 0\nLABEL dashes\nAPPEND - -\nLABEL inherits\n");
  REQUIRE(menu.labels().size() == 4);
  CHECK(menu.labels()[0].append == "mine");
  CHECK(menu.labels()[0].sysappend == 0);
  CHECK(menu.labels()[1].append == "");
  CHECK(menu.labels()[1].sysappend == 0);
  CHECK(menu.labels()[2].append == "- -");
  CHECK(menu.labels()[3].append == "global");
  CHECK(menu.labels()[3].sysappend == 4);
  CHECK(menu.labels()[3].kernel == "inherits");
  CHECK_FALSE(menu.labels()[3].kernel_at);
}

TEST_CASE("diagnostics of a menu") {
  struct Case {
    std::string text;
    std::string code;
    Position at;
  };
  auto c = GENERATE(values<Case>({
      {"LABEL a\nLINUX x\nLABEL a\nLINUX y\n", "pxelinux.duplicate_label", {3, 1}},
      {"LINUX x\n", "pxelinux.outside_label", {1, 1}},
      {" INITRD x\n", "pxelinux.outside_label", {1, 2}},
      {guides_menu, "pxelinux.file_extension", {3, 1}},
      {"LABEL a\nKERNEL memtest.bin\n", "pxelinux.file_extension", {2, 1}},
      {"LABEL a\n  APEND x\n", "pxelinux.unknown_keyword", {2, 3}},
  }));
  CAPTURE(c.text);
  auto diagnostics = Menu::parse(c.text).diagnostics();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == c.code);
  CHECK(diagnostics[0].severity == Severity::warning);
  CHECK(diagnostics[0].where.position == c.at);
}

TEST_CASE("lines that are too long are read as two") {
  auto line = "APPEND " + std::string(4088, 'x');
  REQUIRE(line.size() == 4095);
  auto fits = Menu::parse("LABEL a\n" + line);
  CHECK(fits.diagnostics().empty());
  CHECK(fits.labels()[0].append->size() == 4088);

  auto cut = Menu::parse("LABEL a\n" + line + "DEFAULT b\nLINUX c\n");
  CHECK(codes(cut.diagnostics()) == Words{"pxelinux.line_too_long"});
  CHECK(cut.diagnostics()[0].severity == Severity::error);
  CHECK(cut.default_command() == "b");
  CHECK(cut.lines()[2].at == Position{2, 4096});
  CHECK(cut.labels()[0].kernel == "c");
}

TEST_CASE("what a file is by its name") {
  struct Case {
    std::string file;
    FileKind kind;
  };
  auto c = GENERATE(values<Case>({
      {"boot/kerrighed/vmlinuz-2.6.30-krg3.0.0", FileKind::pxe},
      {"pxelinux.0", FileKind::pxe},
      {"vmlinuz-6.1.0-18-amd64", FileKind::linux_kernel},
      {"vmlinuz-3.10", FileKind::linux_kernel},
      {"vmlinuz.00", FileKind::linux_kernel},
      {"menu.c32", FileKind::com32},
      {"MENU.C32", FileKind::linux_kernel},
      {"floppy.img", FileKind::fdimage},
      {"a.bs", FileKind::boot_sector},
      {"a.bss", FileKind::bss},
      {"a.bin", FileKind::boot_sector},
      {"", FileKind::linux_kernel},
      {".0", FileKind::pxe},
  }));
  CAPTURE(c.file);
  CHECK(file_kind(c.file) == c.kind);
}

TEST_CASE("labels are found by their name") {
  auto menu = Menu::parse("LABEL a\nLINUX 1\nLABEL A\nLINUX 2\nLABEL a\nLINUX 3\nLABEL d\nMENU DISABLE\n");
  REQUIRE(menu.find_label("a"));
  CHECK(menu.find_label("a")->kernel == "1");
  CHECK(menu.find_label("A x y")->kernel == "2");
  CHECK(menu.find_label("aa") == nullptr);
  CHECK(menu.find_label("") == nullptr);
  CHECK(menu.find_label("d") == nullptr);
}

TEST_CASE("what a kernel gets") {
  auto menu = Menu::parse(full_menu);
  pxelinux::Client client{Ipv4Address::from_string("192.168.0.101"),
                          Ipv4Address::from_string("192.168.0.2"),
                          std::nullopt,
                          Ipv4Address::from_string("255.255.255.0"),
                          MacAddress::from_string("52:54:00:12:34:0A"),
                          Uuid::from_string("B8945908-d6a6-41a9-611d-74a6ab80b83d")};

  auto a = menu.load(menu.labels()[0], client);
  CHECK(a.kind == FileKind::linux_kernel);
  CHECK(a.file == "vmlinuz");
  CHECK(a.initrds == Words{"one", "two"});
  CHECK(a.command_line == "BOOT_IMAGE=vmlinuz global initrd=one,two BOOTIF=01-52-54-00-12-34-0a");
  CHECK(a.problem.empty());

  auto b = menu.load(menu.labels()[1], client, "extra words");
  CHECK(b.initrds == Words{"three", "four"});
  CHECK(b.command_line ==
        "BOOT_IMAGE=vmlinuz-b initrd=three,four quiet ip=192.168.0.101:192.168.0.2:0.0.0.0:255.255.255.0 "
        "BOOTIF=01-52-54-00-12-34-0a extra words");
  CHECK(menu.load(menu.labels()[1]).command_line == "BOOT_IMAGE=vmlinuz-b initrd=three,four quiet");

  auto c = menu.load(menu.labels()[2], client);
  CHECK(c.kind == FileKind::localboot);
  CHECK(c.file == "0");
  CHECK(c.command_line.empty());

  auto uuid = Menu::parse("LABEL a\nLINUX x y=z\nIPAPPEND 4\n");
  CHECK(uuid.load(uuid.labels()[0], client).command_line ==
        "BOOT_IMAGE=x y=z SYSUUID=b8945908-d6a6-41a9-611d-74a6ab80b83d");
}

TEST_CASE("the first initrd= counts, wherever it stands") {
  auto menu = Menu::parse("LABEL a\nLINUX k\nAPPEND x.initrd=odd initrd=b\nINITRD c\n");
  CHECK(menu.load(menu.labels()[0]).initrds == Words{"odd"});
  CHECK(menu.load(menu.labels()[0]).command_line == "BOOT_IMAGE=k x.initrd=odd initrd=b initrd=c");
}

TEST_CASE("what is not loaded as Linux") {
  auto menu =
      Menu::parse(std::string(guides_menu) + "LABEL none\nLINUX \nLABEL c\nCOM32 chain.c32\nAPPEND hd0\n");
  CHECK(menu.load(menu.labels()[0]).kind == FileKind::pxe);
  CHECK(menu.load(menu.labels()[0]).initrds.empty());
  CHECK(menu.load(menu.labels()[1]).problem == "the label names no file");
  CHECK(menu.load(menu.labels()[2]).kind == FileKind::com32);
  CHECK(menu.load(menu.labels()[2]).command_line == "hd0");
  auto disabled = Menu::parse("LABEL d\nLINUX x\nMENU DISABLE\n");
  CHECK(disabled.load(disabled.labels()[0]).problem == "the label is disabled");
}

TEST_CASE("command lines that are too long") {
  auto load = [](std::size_t length) {
    auto line = "BOOT_IMAGE=k " + std::string(length - 13, 'x');
    auto menu = Menu::parse("LABEL a\nLINUX k\nAPPEND " + line.substr(13) + "\n");
    auto loading = menu.load(menu.labels()[0]);
    CHECK(loading.command_line.size() == length);
    return loading.problem;
  };
  CHECK(load(2046).empty());
  CHECK(load(2047) == "the command line has 2047 characters, 2046 are the most");
}

TEST_CASE("what boots when nobody is there") {
  struct Case {
    std::string text;
    Outcome outcome;
    std::string kernel;
    unsigned waits;
    std::string arguments;
  };
  const std::string labels = "LABEL a\nLINUX ka\nLABEL b\nLINUX kb\n";
  auto c = GENERATE_COPY(values<Case>({
      {"DEFAULT b\n" + labels, Outcome::boots_label, "kb", 0, ""},
      {labels + "DEFAULT a\nDEFAULT b\n", Outcome::boots_label, "kb", 0, ""},
      {"DEFAULT b single\tx\nTIMEOUT 50\n" + labels, Outcome::boots_label, "kb", 0, "single\tx"},
      {"DEFAULT b\nPROMPT 1\nTIMEOUT 50\n" + labels, Outcome::boots_label, "kb", 50, ""},
      {"DEFAULT b\nPROMPT 1\nTIMEOUT 50\nTOTALTIMEOUT 30\n" + labels, Outcome::boots_label, "kb", 30, ""},
      {"DEFAULT b\nPROMPT 1\nTOTALTIMEOUT 30\n" + labels, Outcome::boots_label, "kb", 30, ""},
      {"DEFAULT b\nPROMPT 1\n" + labels, Outcome::waits, "", 0, ""},
      {"DEFAULT b\nPROMPT 1\nTIMEOUT 50\nONTIMEOUT a x\n" + labels, Outcome::boots_label, "ka", 50, "x"},
      {"DEFAULT b\nONTIMEOUT a\nTIMEOUT 50\n" + labels, Outcome::boots_label, "kb", 0, ""},
      {labels, Outcome::has_no_default, "", 0, ""},
      {"TIMEOUT 50\n" + labels, Outcome::has_no_default, "", 0, ""},
      {"TIMEOUT 50\nONTIMEOUT a\n" + labels, Outcome::boots_label, "ka", 50, ""},
      {"DEFAULT B\n" + labels, Outcome::boots_file, "", 0, ""},
      {"DEFAULT B\nIMPLICIT 0\n" + labels, Outcome::waits, "", 0, ""},
      {"DEFAULT\n" + labels, Outcome::waits, "", 0, ""},
      {"DEFAULT chain.c32 hd0\n" + labels, Outcome::runs_module, "", 0, ""},
      {"UI other.c32\nDEFAULT b\n" + labels, Outcome::runs_module, "", 0, ""},
      {"UI menu.c32 other.cfg\nDEFAULT b\nTIMEOUT 10\n" + labels, Outcome::runs_module, "", 0, ""},
      {"UI menu.c32\nDEFAULT b\n" + labels, Outcome::waits, "", 0, ""},
      {"UI menu.c32\nDEFAULT b\nTIMEOUT 10\n" + labels, Outcome::boots_label, "kb", 10, ""},
      {"UI boot/vesamenu.c32 ~\nTIMEOUT 10\nPROMPT 0\n" + labels, Outcome::boots_label, "ka", 10, ""},
      {"UI menu.c32\nTIMEOUT 10\n" + labels + "MENU DEFAULT\n", Outcome::boots_label, "kb", 10, ""},
      {"UI menu.c32\nDEFAULT b\nTIMEOUT 10\n" + labels + "MENU HIDE\n", Outcome::boots_label, "ka", 10, ""},
      {"UI menu.c32\nTIMEOUT 10\nONTIMEOUT b\n" + labels, Outcome::boots_label, "kb", 10, ""},
      {"UI menu.c32\nTIMEOUT 10\nMENU BEGIN s\nLABEL x\nMENU END\n" + labels, Outcome::boots_label, "ka", 10,
       ""},
      {"UI menu.c32\nTIMEOUT 10\nLABEL a\nMENU DISABLE\n", Outcome::waits, "", 10, ""},
      {"DEFAULT menu.c32\nTIMEOUT 10\n" + labels + "MENU DEFAULT\n", Outcome::boots_label, "kb", 10, ""},
      {"DEFAULT b\n" + labels + "MENU HIDE\n", Outcome::boots_label, "kb", 0, ""},
      {"DEFAULT b\n" + labels + "MENU DISABLE\n", Outcome::boots_file, "", 0, ""},
  }));
  CAPTURE(c.text);
  auto menu = Menu::parse(c.text);
  auto unattended = menu.unattended();
  CHECK(static_cast<int>(unattended.outcome) == static_cast<int>(c.outcome));
  CHECK((unattended.label != nullptr ? unattended.label->kernel : "") == c.kernel);
  CHECK(unattended.waits_tenths == c.waits);
  CHECK(unattended.arguments == c.arguments);
  CHECK(menu.which_label() == unattended.label);
}

TEST_CASE("included files stand in their line's place") {
  std::map<std::string, std::string> files = {{"labels.cfg", "LABEL a\nLINUX x"},
                                              {"deep.cfg", "INCLUDE labels.cfg\n"},
                                              {"loop.cfg", "# loop\nINCLUDE loop.cfg\n"}};
  ReadFile read = [&](const std::string& file) -> std::optional<std::string> {
    auto found = files.find(file);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  Diagnostics diagnostics;
  CHECK(with_includes("DEFAULT a\n include labels.cfg ignored\nPROMPT 0\n", "main", read, diagnostics).text ==
        "DEFAULT a\nLABEL a\nLINUX x\nPROMPT 0\n");
  CHECK(with_includes("MENU INCLUDE deep.cfg title\nDEFAULT a\n", "main", read, diagnostics).text ==
        "LABEL a\nLINUX x\nDEFAULT a\n");
  CHECK(with_includes("# INCLUDE labels.cfg\nno newline", "main", read, diagnostics).text ==
        "# INCLUDE labels.cfg\nno newline");
  CHECK(diagnostics.empty());

  CHECK(with_includes("\nINCLUDE missing.cfg\nPROMPT 0", "main", read, diagnostics).text == "\nPROMPT 0");
  REQUIRE(codes(diagnostics) == Words{"pxelinux.include_missing"});
  CHECK(diagnostics[0].where.position == Position{2, 1});

  diagnostics.clear();
  auto text = with_includes("INCLUDE loop.cfg\n", "main", read, diagnostics).text;
  CHECK(codes(diagnostics) == Words{"pxelinux.include_depth"});
  CHECK(diagnostics[0].where.file == "loop.cfg");
  std::size_t loops = 0;
  for (auto at = text.find("# loop"); at != std::string::npos; at = text.find("# loop", at + 1)) ++loops;
  CHECK(loops == 16);
}

TEST_CASE("a file that includes itself twice ends too") {
  std::size_t reads = 0;
  Diagnostics diagnostics;
  with_includes(
      "INCLUDE twice.cfg\n", "main",
      [&](const std::string&) -> std::optional<std::string> {
        ++reads;
        return "INCLUDE twice.cfg\nINCLUDE twice.cfg\n";
      },
      diagnostics);
  CHECK(reads == 1000);
  CHECK(diagnostics.back().code == "pxelinux.include_count");
}
