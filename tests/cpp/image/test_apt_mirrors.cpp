#include "krgboot/image/apt_mirrors.hpp"

#include "catch.hpp"
#include "system/scratch.hpp"

using krgboot::AptSource;
using krgboot::DebianMirrors;

TEST_CASE("one-line sources of apt") {
  CHECK(krgboot::parse_one_line_sources(
            "# deb http://comment.example.org/ bookworm main\n"
            "deb http://mirror.example.org/debian/ bookworm main contrib # why\n"
            "deb-src http://mirror.example.org/debian bookworm main\n"
            "\tdeb\t[ arch=amd64 signed-by=/x.gpg ] http://a.example.org/x trixie main\n"
            "deb [trusted=yes] file:/srv/flat ./\n"
            "deb http://too.short\n"
            "deb [unclosed http://b.example.org/ bookworm main\n"
            "debx http://c.example.org/ bookworm main") ==
        std::vector<AptSource>{{"http://mirror.example.org/debian", {"bookworm"}, {"main", "contrib"}},
                               {"http://a.example.org/x", {"trixie"}, {"main"}},
                               {"file:/srv/flat", {"./"}, {}}});
  CHECK(krgboot::parse_one_line_sources("").empty());
}

TEST_CASE("deb822 sources of apt") {
  CHECK(
      krgboot::parse_deb822_sources("Types: deb deb-src\n"
                                    "# a comment within\n"
                                    "URIs: http://mirror.example.org/debian/ http://b.example.org/debian\n"
                                    "suites: bookworm\n"
                                    "  bookworm-updates\n"
                                    "Components: main\n"
                                    "Signed-By:\n"
                                    " -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
                                    " .\n"
                                    "\n\n"
                                    "Types: deb\nURIs: http://off.example.org\nSuites: bookworm\n"
                                    "Components: main\nEnabled: no\n"
                                    "\n"
                                    "Types: deb-src\nURIs: http://src.example.org\nSuites: bookworm\n") ==
      std::vector<AptSource>{{"http://mirror.example.org/debian", {"bookworm", "bookworm-updates"}, {"main"}},
                             {"http://b.example.org/debian", {"bookworm", "bookworm-updates"}, {"main"}}});
  CHECK(krgboot::parse_deb822_sources("").empty());
  CHECK(krgboot::parse_deb822_sources(" goes on with nothing\n").empty());
}

TEST_CASE("the mirrors of Debian among many sources") {
  CHECK(krgboot::debian_mirrors({{"https://packages.example.org/apt", {"cloud-sdk-bookworm"}, {"main"}},
                                 {"https://node.example.org/node_20.x", {"nodistro"}, {"main"}},
                                 {"cdrom:[Debian 12]", {"bookworm"}, {"main"}},
                                 {"http://user:word@private.example.org/debian", {"bookworm"}, {"main"}},
                                 {"http://sec.example.org/debian-security", {"buster/updates"}, {"main"}},
                                 {"http://mirror.example.org/debian", {"bookworm-updates"}, {"main"}},
                                 {"http://late.example.org/debian", {"stable", "stable-security"}, {}}}) ==
        DebianMirrors{"http://mirror.example.org/debian", "http://sec.example.org/debian-security"});
  CHECK(krgboot::debian_mirrors({}) == DebianMirrors{});
}

TEST_CASE("the mirrors of a machine") {
  Scratch machine;
  CHECK(krgboot::default_mirrors(machine.root(), krgboot::ReleaseName::trixie) == DebianMirrors{});
  machine.write("/etc/apt/sources.list.d/a.sources.disabled",
                "Types: deb\nURIs: http://off.example.org\nSuites: bookworm\n");
  machine.write("/etc/apt/sources.list.d/b.sources",
                "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: bookworm\nComponents: main\n");
  machine.write("/etc/apt/sources.list.d/c.list", "deb http://late.example.org/debian bookworm main\n");
  machine.make_directory("/etc/apt/sources.list");  // not readable as a file: no error
  CHECK(krgboot::default_mirrors(machine.root(), krgboot::ReleaseName::trixie) ==
        DebianMirrors{"http://mirror.example.org/debian", std::nullopt});
  CHECK(krgboot::default_mirrors(machine.root(), krgboot::ReleaseName::lenny) == DebianMirrors{});
}
