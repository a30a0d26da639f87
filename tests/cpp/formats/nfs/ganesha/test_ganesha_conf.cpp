#include "krgboot/base/error.hpp"
#include "krgboot/formats/nfs/ganesha/conf.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

using Texts = std::vector<std::string>;

GaneshaConf conf_of(const std::string& text, GaneshaOptions options = {Ipv4Address(0x0a140002)}) {
  return ganesha_conf(ExportsView({ExportsTable::parse(text, "exports")}), options);
}

/// The values of all lines "NAME = VALUE;", in order.
Texts values(const std::string& text, const std::string& name) {
  Texts found;
  auto begin = " " + name + " = ";
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    auto from = at + begin.size();
    found.push_back(text.substr(from, text.find(";\n", from) - from));
  }
  return found;
}

Texts ganesha_clients(const std::string& exports) {
  return values(conf_of(exports).text, "Clients");
}

Texts ganesha_findings(const std::string& exports) {
  Texts found;
  for (const auto& finding : conf_of(exports).diagnostics) {
    found.push_back(to_string(finding.severity) + " " + finding.code);
  }
  return found;
}

}  // namespace

TEST_CASE("one export, whole") {
  auto conf = conf_of(
      "/srv/nfs/debian 10.20.0.101(ro,no_root_squash,no_subtree_check) "
      "10.20.0.102/31(ro,no_root_squash,no_subtree_check) 10.20.0.110(rw,insecure,all_squash,anonuid=7)\n");
  CHECK(conf.text ==
        "NFS_CORE_PARAM {\n"
        "  Protocols = 3, 4;\n"
        "  Enable_NLM = false;\n"
        "  Enable_RQUOTA = false;\n"
        "  NFSACL_Program = 1073842051;\n"
        "  Allow_Set_Io_Flusher_Fail = true;\n"
        "  Bind_addr = 10.20.0.2;\n"
        "}\n"
        "NFSV4 {\n"
        "  Graceless = true;\n"
        "  Minor_Versions = 0, 1;\n"
        "  Only_Numeric_Owners = true;\n"
        "  RecoveryBackend = fs;\n"
        "}\n"
        "LOG {\n"
        "  COMPONENTS {\n"
        "    EXPORT = INFO;\n"
        "  }\n"
        "}\n"
        "\n"
        "EXPORT {\n"
        "  Export_Id = 1;\n"
        "  Path = \"/srv/nfs/debian\";\n"
        "  Pseudo = \"/srv/nfs/debian\";\n"
        "  Protocols = 3, 4;\n"
        "  Access_Type = NONE;\n"
        "  Transports = TCP, UDP;\n"
        "  SecType = sys;\n"
        "  FSAL {\n"
        "    Name = VFS;\n"
        "  }\n"
        "  CLIENT {\n"
        "    Clients = 10.20.0.101;\n"
        "    Access_Type = RO;\n"
        "    Squash = No_Root_Squash;\n"
        "    Anonymous_Uid = 65534;\n"
        "    Anonymous_Gid = 65534;\n"
        "    PrivilegedPort = true;\n"
        "  }\n"
        "  CLIENT {\n"
        "    Clients = 10.20.0.110;\n"
        "    Access_Type = RW;\n"
        "    Squash = All_Squash;\n"
        "    Anonymous_Uid = 7;\n"
        "    Anonymous_Gid = 65534;\n"
        "    PrivilegedPort = false;\n"
        "  }\n"
        "  CLIENT {\n"
        "    Clients = 10.20.0.102/31;\n"
        "    Access_Type = RO;\n"
        "    Squash = No_Root_Squash;\n"
        "    Anonymous_Uid = 65534;\n"
        "    Anonymous_Gid = 65534;\n"
        "    PrivilegedPort = true;\n"
        "  }\n"
        "}\n");
  CHECK(conf.diagnostics.empty());
}

TEST_CASE("no exports, and another log") {
  CHECK(conf_of("").text.find("EXPORT {") == std::string::npos);
  CHECK(conf_of("", {Ipv4Address(1), {}}).text.find("LOG") == std::string::npos);
  auto text = conf_of("", {Ipv4Address(1), {{"NFS3", "DEBUG"}, {"EXPORT", "EVENT"}}}).text;
  CHECK(text.find("    NFS3 = DEBUG;\n    EXPORT = EVENT;\n") != std::string::npos);
  for (const auto* word : {"", "9P", "A;B", "A B", "A=B", "A.B", "{"}) {
    CHECK(error_of<ArgumentError>([&] {
            conf_of("", {Ipv4Address(1), {{word, "INFO"}}});
          }).code == "ganesha.log");
    CHECK(error_of<ArgumentError>([&] {
            conf_of("", {Ipv4Address(1), {{"EXPORT", word}}});
          }).code == "ganesha.log");
  }
}

TEST_CASE("over TCP alone") {
  auto text = conf_of("/srv 10.0.0.1(ro)\n/home 10.0.0.1(rw)\n", {Ipv4Address(0x0a140002), {}, false}).text;
  CHECK(values(text, "Enable_UDP") == Texts{"false"});
  CHECK(values(text, "Transports") == Texts{"TCP", "TCP"});
  auto both = conf_of("/srv 10.0.0.1(ro)\n").text;
  CHECK(values(both, "Enable_UDP").empty());
  CHECK(values(both, "Transports") == Texts{"TCP, UDP"});
}

TEST_CASE("clients stand in the order in which nfs-utils would look") {
  CHECK(ganesha_clients("/a *(ro) @group(ro,anonuid=1) *.example.org(ro,anonuid=2) 10.0.0.0/8(ro,anonuid=3) "
                        "10.0.0.1(ro,anonuid=4) 10.0.0.0/24(ro,anonuid=5) ssi1(ro,anonuid=6)\n") ==
        Texts{"10.0.0.1", "ssi1", "10.0.0.0/8", "10.0.0.0/24", "*.example.org", "@group", "*"});
  // Only adjacent clients with the same rights share a block.
  CHECK(ganesha_clients("/a 10.0.0.1(ro) 10.0.0.2(ro) 10.0.0.3(rw) 10.0.0.4(ro)\n") ==
        Texts{"10.0.0.1, 10.0.0.2", "10.0.0.3", "10.0.0.4"});
}

TEST_CASE("who is not admitted to a directory is looked for in those above it") {
  auto conf = conf_of("/srv/a 10.0.0.1(rw)\n/srv 10.0.0.2(ro)\n/srv/ab 10.0.0.3(ro)\n/srv/a/ 10.0.0.4(ro)\n");
  CHECK(values(conf.text, "Path") == Texts{"\"/srv/a\"", "\"/srv\"", "\"/srv/ab\""});
  CHECK(values(conf.text, "Clients") ==
        Texts{"10.0.0.1", "10.0.0.4, 10.0.0.2", "10.0.0.2", "10.0.0.3, 10.0.0.2"});
  CHECK(ganesha_clients("/ 10.0.0.1(ro)\n/srv 10.0.0.2(ro)\n") == Texts{"10.0.0.1", "10.0.0.2, 10.0.0.1"});
}

TEST_CASE("forms of addresses") {
  CHECK(ganesha_clients("/a 10.0.0.7/24(ro)\n") == Texts{"10.0.0.0/24"});
  CHECK(ganesha_clients("/a 10.0.0.7/255.255.255.0(ro)\n") == Texts{"10.0.0.0/24"});
  CHECK(ganesha_clients("/a 10.0.0.7/32(ro)\n") == Texts{"10.0.0.7"});
  CHECK(ganesha_clients("/a 10.0.0.7/0(ro)\n") == Texts{"10.0.0.7"});  // as nfs-utils reads it
  CHECK(ganesha_clients("/a 10.1(ro)\n") == Texts{"10.0.0.1"});
  CHECK(ganesha_clients("/a 0.0.0.0/0.0.0.0(ro)\n") == Texts{"*"});
  CHECK(ganesha_clients("/a 128.0.0.0/1(ro)\n") == Texts{"128.0.0.0/1"});
  CHECK(ganesha_clients("/a\n") == Texts{"*"});
  // Ganesha reads 0.0.0.0 as all clients.
  CHECK(ganesha_clients("/a 0.0.0.0(ro)\n").empty());
  CHECK(ganesha_clients("/a 0.0.0.0/32(ro)\n").empty());
  CHECK(ganesha_findings("/a 0.0.0.0(ro)\n") == Texts{"error ganesha.client"});
  CHECK(ganesha_clients("/a 10.0.0.1/255.0.0.255(ro)\n").empty());
  CHECK(ganesha_findings("/a 10.0.0.1/255.0.0.255(ro)\n") == Texts{"error ganesha.client"});
  // These match no client over IPv4, and are not reported.
  CHECK(ganesha_clients("/a fe80::1(ro) fe80::/64(rw) 10.0.0.1(ro)\n") == Texts{"10.0.0.1"});
  CHECK(ganesha_findings("/a fe80::1(ro) fe80::/64(rw) 10.0.0.1(ro)\n").empty());
}

TEST_CASE("names that Ganesha would take for something else") {
  for (const std::string name : {"yes", "ON", "false", "1host", "9p"}) {
    INFO(name);
    CHECK(ganesha_clients("/a " + name + "(ro)\n").empty());
    CHECK(ganesha_findings("/a " + name + "(ro)\n") == Texts{"error ganesha.client"});
  }
  CHECK(ganesha_clients("/a _-(ro) yes.x(ro)\n") == Texts{"_-, yes.x"});
  CHECK(ganesha_findings("/a yesno(ro)\n") == Texts{"warning ganesha.client_by_name"});
  CHECK(ganesha_findings("/a " + std::string(65, 'x') + "(ro)\n") == Texts{"error ganesha.client"});
  CHECK(ganesha_clients("/a @grp.x(ro)\n") == Texts{"@grp.x"});
  CHECK(ganesha_findings("/a @(ro)\n") == Texts{"error ganesha.client"});
  // Ganesha compares patterns with addresses, nfs-utils does not; and its pattern syntax differs.
  CHECK(ganesha_clients("/a ssi[1-4].x(ro)\n") == Texts{"ssi[1-4].x"});
  for (const auto* pattern :
       {"10.0.0.*", "?.x", "[!a].x", "[a", "[]", "a;*", "10.[0-9]*", "\\*x", "[a-f]*"}) {
    INFO(pattern);
    CHECK(ganesha_findings("/a " + std::string(pattern) + "(ro)\n") == Texts{"error ganesha.client"});
  }
}

TEST_CASE("nobody gets more because another is left out") {
  // 1.example.org cannot be expressed. The machine must not get access as a member of its network or as any
  // client.
  auto exports = [](const std::string& own) {
    return "/a 1.example.org(" + own + ") 10.0.0.0/8(rw) *(ro,no_root_squash)\n";
  };
  CHECK(ganesha_clients(exports("ro")).empty());
  CHECK(ganesha_findings(exports("ro")) ==
        Texts{"error ganesha.client", "error ganesha.after_client", "error ganesha.after_client"});
  CHECK(ganesha_clients(exports("rw,no_root_squash")) == Texts{"10.0.0.0/8", "*"});
  CHECK(ganesha_clients(exports("rw")) == Texts{"10.0.0.0/8"});
  CHECK(ganesha_clients("/a 1.x(ro,anonuid=5) *(ro)\n").empty());
  CHECK(ganesha_clients("/a 1.x(ro,all_squash) *(ro)\n").empty());
  CHECK(ganesha_clients("/a 1.x(ro) *(ro,insecure)\n").empty());
  CHECK(ganesha_clients("/a 1.x(ro,insecure) *(ro)\n") == Texts{"*"});
  CHECK(ganesha_clients("/a 1.x(ro,sec=krb5) *(ro)\n").empty());
  // The same for entries of parent directories.
  CHECK(ganesha_clients("/srv 10.0.0.1(rw)\n/srv/a 1.x(ro)\n") == Texts{"10.0.0.1"});
  CHECK(ganesha_clients("/srv 10.0.0.1(ro)\n/srv/a 1.x(ro)\n") == Texts{"10.0.0.1", "10.0.0.1"});
  // A client that Ganesha can express is not affected by a later one that it cannot express.
  CHECK(ganesha_clients("/a 1.x(ro) ssi1(ro)\n/b 10.0.0.1(rw) 1.x(ro)\n") == Texts{"ssi1", "10.0.0.1"});
}

TEST_CASE("flavors") {
  auto access = [](const std::string& options) {
    return values(conf_of("/a 10.0.0.1(" + options + ")\n").text, "Access_Type");
  };
  CHECK(access("rw,sec=krb5") == Texts{"NONE", "NONE"});
  CHECK(ganesha_findings("/a 10.0.0.1(rw,sec=krb5)\n") == Texts{"warning ganesha.flavor"});
  CHECK(access("sec=krb5,rw,sec=sys,ro") == Texts{"NONE", "RO"});
  CHECK(values(conf_of("/a 10.0.0.1(ro,sec=sys:none)\n").text, "SecType") == Texts{"sys", "none, sys"});
  CHECK(ganesha_findings("/a 10.0.0.1(ro,sec=sys:none)\n").empty());
  CHECK(values(conf_of("/a 10.0.0.1(sec=sys,ro,sec=none,rw)\n").text, "SecType") == Texts{"sys"});
  CHECK(ganesha_findings("/a 10.0.0.1(sec=sys,ro,sec=none,rw)\n") == Texts{"warning ganesha.flavor"});
  CHECK(ganesha_clients("/a gss/krb5(ro) 10.0.0.1(ro)\n") == Texts{"10.0.0.1"});
  CHECK(ganesha_findings("/a gss/krb5(ro) 10.0.0.1(ro)\n") == Texts{"warning ganesha.flavor"});
}

TEST_CASE("what Ganesha cannot do is refused") {
  for (const std::string option : {"refer=/b@10.0.0.9", "mountpoint", "mountpoint=/b"}) {
    INFO(option);
    auto exports = "/a 10.0.0.1(rw," + option + ") *(ro)\n";
    CHECK(values(conf_of(exports).text, "Access_Type") == Texts{"NONE", "NONE", "RO"});
    CHECK(ganesha_findings(exports) == Texts{"error ganesha." + option.substr(0, option.find('='))});
  }
}

TEST_CASE("where NFSv4 begins") {
  auto text =
      conf_of("/srv 10.0.0.1(ro,fsid=0) 10.0.0.2(ro)\n/srv/a 10.0.0.1(ro)\n/home 10.0.0.1(ro)\n/srvx *\n")
          .text;
  CHECK(values(text, "Pseudo") == Texts{"\"/\"", "\"/a\""});
  CHECK(values(text, "Protocols") == Texts{"3, 4", "3, 4", "3", "3, 4", "3", "3"});
  CHECK(values(conf_of("/ 10.0.0.1(ro,fsid=root)\n/a 10.0.0.1(ro)\n").text, "Pseudo") ==
        Texts{"\"/\"", "\"/a\""});
  CHECK(values(conf_of("/ 10.0.0.1(ro)\n/a 10.0.0.1(ro,fsid=7)\n").text, "Pseudo") ==
        Texts{"\"/\"", "\"/a\""});
  CHECK(ganesha_findings("/srv 10.0.0.1(ro,fsid=0)\n/home 10.0.0.1(ro,fsid=0)\n") ==
        Texts{"warning ganesha.second_root"});
}

TEST_CASE("paths in quotes") {
  auto path = [](const std::string& quoted) { return values(conf_of(quoted + " *(ro)\n").text, "Path"); };
  CHECK(path("/a\\040b") == Texts{R"("/a b")"});
  CHECK(path("/a\\042b") == Texts{R"("/a\"b")"});
  CHECK(path("/a\\134b") == Texts{R"("/a\\b")"});
  CHECK(path("/a\\134\\042") == Texts{R"("/a\\\"")"});
  CHECK(path("/it's") == Texts{R"("/it's")"});
  CHECK(path("/it's\\042") == Texts{R"("/it's\"")"});
  CHECK(path("/a#;{}=b") == Texts{R"("/a#;{}=b")"});
  CHECK(path("/\xc3\xa4") == Texts{"\"/\xc3\xa4\""});
  // A backslash before the closing quote would escape it.
  CHECK(path("/a\\134") == Texts{R"('/a\')"});
  // Neither form of quotes can hold these.
  for (const auto* bad : {"/it's\\134", "/a\\012b", "/a\\177b"}) {
    INFO(bad);
    CHECK(path(bad).empty());
    CHECK(ganesha_findings(std::string(bad) + " *(ro)\n") == Texts{"error ganesha.path"});
  }
  CHECK(values(conf_of("/a\\012b *(ro)\n/c *(ro)\n").text, "Export_Id") == Texts{"1"});
  CHECK(path("srv/a").empty());
  CHECK(path("a").empty());
}
