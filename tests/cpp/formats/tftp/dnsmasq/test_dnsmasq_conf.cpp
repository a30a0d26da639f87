#include "krgboot/formats/tftp/dnsmasq/conf.hpp"

#include <map>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace krgboot;

namespace {

/// A directory in memory.
dnsmasq::Files files_of(const std::map<std::string, std::string>& texts) {
  auto read = [texts](const std::string& path) -> std::optional<std::string> {
    auto found = texts.find(path);
    if (found == texts.end()) return std::nullopt;
    return found->second;
  };
  auto list = [texts](const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& [path, text] : texts) {
      if (path.starts_with(directory + "/")) names.push_back(path.substr(directory.size() + 1));
    }
    return names;
  };
  return {read, list};
}

std::vector<std::string> said(const std::vector<dnsmasq::Option>& options) {
  std::vector<std::string> all;
  for (const auto& option : options) all.push_back(option.name + "=" + option.value);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("options with their values, without comments, quotes and blanks") {
  CHECK(said(dnsmasq::parse("port=0\n# a comment\n  enable-tftp  \ntftp-root = /srv/tftp # here\n")) ==
        Texts{"port=0", "enable-tftp=", "tftp-root=/srv/tftp"});
  CHECK(said(dnsmasq::parse("txt-record=a,\"b # c\"\n")) == Texts{"txt-record=a,b # c"});
  CHECK(said(dnsmasq::parse("x=\"a\\\"b\\\\c\"\ny=a#b\n")) == Texts{"x=a\"b\\c", "y=a#b"});
  CHECK(dnsmasq::parse("\n\nport=0", "f").front().where.to_string() == "f:3:1");
}

TEST_CASE("all files that Debian's dnsmasq reads, each once") {
  auto files = files_of({{"/etc/dnsmasq.conf", "port=0\nconf-file=/etc/more\nconf-dir=/etc/d,*.conf\n"},
                         {"/etc/more", "user=a\nconf-file=/etc/dnsmasq.conf\n"},
                         {"/etc/d/x.conf", "tftp-root=/x\n"},
                         {"/etc/d/README", "tftp-root=/no\n"},
                         {"/etc/dnsmasq.d/a", "enable-tftp\n"},
                         {"/etc/dnsmasq.d/.hidden", "no\n"},
                         {"/etc/dnsmasq.d/b~", "no\n"},
                         {"/etc/dnsmasq.d/#c#", "no\n"},
                         {"/etc/dnsmasq.d/d.dpkg-dist", "no\n"}});
  CHECK(said(dnsmasq::read_all("/etc/dnsmasq.conf", "/etc/dnsmasq.d", files)) ==
        Texts{"port=0", "user=a", "tftp-root=/x", "enable-tftp="});
  CHECK(dnsmasq::paths_of("/etc/dnsmasq.conf", "/etc/dnsmasq.d", files) ==
        Texts{"/etc/dnsmasq.conf", "/etc/more", "/etc/d/x.conf", "/etc/dnsmasq.d/a"});
}

TEST_CASE("krgboot's own file reads back, and gives no addresses and no names") {
  auto options = dnsmasq::parse(dnsmasq::render_tftp("/srv/tftp"));
  CHECK(said(options) == Texts{"port=0", "enable-tftp=", "tftp-root=/srv/tftp"});
}
