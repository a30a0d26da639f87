#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText server(const std::string& fields) {
  return ClusterText().with("server", "server: {" + fields + "}");
}

ClusterText server_address(const std::string& address) {
  return server("name: server, address: " + address + ", release: bookworm");
}

ClusterText tftp_root(const std::string& path) {
  return server("name: server, address: 10.0.0.2, release: bookworm, tftp_root: " + path);
}

ClusterText server_extra(const std::string& lines) {
  return server("name: server, address: 10.0.0.2, release: bookworm, extra: [" + lines + "]");
}

}  // namespace

TEST_CASE("only version 1 of the format is known") {
  auto reading = read_spec(ClusterText().marked(), "cluster.yaml");
  REQUIRE(validate(reading.spec).cluster);
  // The reader of a file refuses any other version; a program may build a Spec itself.
  reading.spec.version.value = GENERATE(0, 2, -1);
  auto validation = validate(reading.spec);
  CHECK_FALSE(validation.cluster);
  REQUIRE(codes(validation.diagnostics) == Texts{"spec.version"});
  CHECK(validation.diagnostics.front().where.to_string() == "cluster.yaml:1:10");
}

TEST_CASE("the name of a cluster is a label") {
  for (const auto& name : Texts{"lab", "LAB-2.a_b", "7", std::string(64, 'a')}) {
    accepted(ClusterText().with("cluster", "cluster: {name: \"" + name + "\", domain: lab.home}"));
  }
  for (const auto& name : Texts{"-lab", ".lab", "my lab", "läb", "a/b", R"(a\nb)"}) {
    refused(ClusterText().with("cluster", "cluster: {name: ^\"" + name + "\", domain: lab.home}"),
            "cluster.name_syntax", "cluster.name");
  }
  refused(ClusterText().with("cluster", "cluster: {name: ^" + std::string(65, 'a') + ", domain: lab.home}"),
          "cluster.name_syntax", "cluster.name");
}

TEST_CASE("the server's address is one that a machine can have") {
  // The nearest valid addresses on both sides of refused ranges. Outside the network there is only a warning.
  for (const auto& address : Texts{"1.0.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255"}) {
    warned(server_address("^" + address), "server.outside_networks", "server.address");
  }
  for (const auto& address : Texts{"0.0.0.0", "0.255.255.255", "127.0.0.1", "224.0.0.1", "255.255.255.255"}) {
    auto validation = judge(server_address(address).marked());
    CHECK(codes(validation.diagnostics) ==
          std::vector<std::string>{"server.address_not_host", "server.outside_networks"});
    CHECK_FALSE(validation.cluster);
  }
}

TEST_CASE("the server's address is not the network's own nor its broadcast address") {
  accepted(server_address("10.0.0.3"));
  accepted(server_address("10.0.0.254"));
  refused(server_address("^10.0.0.0"), "server.address_reserved", "server.address");
  refused(server_address("^10.0.0.255"), "server.address_reserved", "server.address");
}

TEST_CASE("the server may be the router") {
  accepted(server_address("10.0.0.1"));
}

TEST_CASE("the server's name is its own") {
  refused(server("name: ^localhost, address: 10.0.0.2, release: bookworm"), "name.reserved", "server.name");
  refused(server("name: ^IP6-AllNodes, address: 10.0.0.2, release: bookworm"), "name.reserved",
          "server.name");
  accepted(server("name: localhost1, address: 10.0.0.2, release: bookworm"));
}

TEST_CASE("a name and the domain fit into DNS together") {
  // 189 characters of domain and a '.' leave 63 for a host name.
  const std::string label(47, 'd');
  const std::string domain = label + "." + label + "." + label + "." + std::string(45, 'd');
  REQUIRE(domain.size() == 189);
  auto text = [](const std::string& the_domain, const std::string& name) {
    return server("name: " + name + ", address: 10.0.0.2, release: bookworm")
        .with("cluster", "cluster: {name: lab, domain: " + the_domain + "}");
  };
  accepted(text(domain, std::string(63, 's')));
  refused(text(domain + "d", "^" + std::string(63, 's')), "name.too_long", "server.name");
  accepted(text(domain + "d", std::string(62, 's')));
}

TEST_CASE("the TFTP root is a path that every file can carry") {
  for (const auto& path :
       Texts{"/srv/tftp", "/srv2", "/srv/a.b_c-d+e@f=g~h", "/var/lib/tftpboot", "/bootstrap"}) {
    CAPTURE(path);
    accepted(tftp_root("\"" + path + "\""));
  }
  struct Row {
    std::string path;
    std::string code;
  };
  for (const auto& [path, code] : std::vector<Row>{
           {"srv/tftp", "path.relative"},      {"/srv/tftp/", "path.not_normal"},
           {"//srv/tftp", "path.not_normal"},  {"/srv//tftp", "path.not_normal"},
           {"/srv/./tftp", "path.not_normal"}, {"/srv/../tftp", "path.not_normal"},
           {"/srv/t f", "path.characters"},    {"/srv/t\\\"f", "path.characters"},
           {"/srv/$t", "path.characters"},     {"/srv/täftp", "path.characters"},
           {"/srv/a,b", "path.characters"},    {"/srv/a:b", "path.characters"},
           {"/srv/%s", "path.characters"},     {"/srv/#t", "path.characters"},
           {"/srv/t\\n", "path.control"},      {"/", "path.system_directory"},
           {"/etc", "path.system_directory"},  {"/etc/tftp", "path.system_directory"},
           {"/boot", "path.system_directory"}, {"/usr/share/tftp", "path.system_directory"},
           {"/var", "path.system_directory"},  {"/var/lib", "path.system_directory"},
           {"/home", "path.system_directory"},
       }) {
    CAPTURE(path);
    refused(tftp_root("^\"" + path + "\""), code, "server.tftp_root");
  }
  refused(tftp_root("^/" + std::string(4096, 'a')), "path.too_long", "server.tftp_root");
}

TEST_CASE("a TFTP root that the daemon's unit may hide is a warning") {
  for (const auto& path : Texts{"/home/tftp", "/tmp/tftp", "/var/tmp/tftp", "/root/tftp"}) {
    warned(tftp_root("^" + path), "server.tftp_root_hidden", "server.tftp_root");
  }
  accepted(tftp_root("/homes/tftp"));
  accepted(tftp_root("/var/tmpfiles"));
}

TEST_CASE("raw lines for dhcpd stay within themselves") {
  for (const auto& lines :
       Texts{R"('option x "a;b{";')", R"('class "a" { match if true; }')",
             R"('class "a" {', '  log(info, "x");', '}')", R"('# { " it is only a comment')",
             R"('option x "\"{\\";')", R"('option x "\x7f\012";')", R"("option\tx 1;")", R"('')",
             R"('option x 1; # and so on')"}) {
    CAPTURE(lines);
    accepted(server_extra(lines));
  }
  struct Row {
    std::string lines;
    std::string code;
    std::size_t index;
  };
  for (const auto& [lines, code, index] : std::vector<Row>{
           {R"(^'class "a" {')", "dhcpd.unclosed_brace", 0},
           {R"(^'}')", "dhcpd.stray_brace", 0},
           {R"('a { }', ^'}')", "dhcpd.stray_brace", 1},
           {R"(^'a { } } {')", "dhcpd.stray_brace", 0},
           {R"(^'option x "a;')", "dhcpd.unterminated_string", 0},
           {R"(^'option x "a\";')", "dhcpd.unterminated_string", 0},
           {R"(^'option x "\x2";')", "dhcpd.bad_escape", 0},
           {R"(^'option x "\07";')", "dhcpd.bad_escape", 0},
           {R"('option x "a', 'b";')", "dhcpd.unterminated_string", 0},
           {R"(^'option x 1')", "dhcpd.missing_semicolon", 0},
           {R"('a;', ^'option x 1 # ;')", "dhcpd.missing_semicolon", 1},
           {R"(^"a;\nb;")", "extra.control", 0},
           {R"(^"a;\e")", "extra.control", 0},
       }) {
    CAPTURE(lines);
    // If the first of two lines is wrong, the mark cannot stand before it, because it would look like a
    // quote.
    auto marked = contains(lines, "^") ? lines : "^" + lines;
    refused(server_extra(marked), code, fmt::format("server.extra[{}]", index));
  }
}
