#include "krgboot/config/load.hpp"

#include <string>

#include "catch.hpp"
#include "spec_texts.hpp"

using namespace krgboot;
using namespace krgboot::test;

TEST_CASE("the smallest spec has nothing wrong in it") {
  CHECK(summary(read_spec(smallest).diagnostics) == Lines{});
}

TEST_CASE("unknown keys are errors that name the key that was meant") {
  auto [more, expected, hint] = GENERATE(table<std::string, std::string, std::string>({
      {"node: []\n", "spec.unknown_key 5:1 node", "did you mean nodes?"},
      {"default-boot: a\n", "spec.unknown_key 5:1 default-boot", "did you mean default_boot?"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, Mac: 02:00:00:00:00:01}\n",
       "spec.unknown_key 6:34 nodes[0].Mac", "did you mean mac?"},
      {"images:\n  a: {path: /a, release: bookworm, writeable: [/var]}\n",
       "spec.unknown_key 6:36 images.a.writeable", "did you mean writable?"},
      {"boot:\n  a:\n    image: a\n    kernel: k\n    kerrighed: {session_id: 1, sesion: 2}\n",
       "spec.unknown_key 9:32 boot.a.kerrighed.sesion",
       "known here: session_id, autonodeid, nb_nodes_min, install, boot_id, net_devices, add_opts, "
       "legacy_sched, host_extra, init_helper"},
  }));
  auto diagnostics = findings(more);
  CHECK(summary(diagnostics) == Lines{expected});
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].hint == hint);
}

TEST_CASE("duplicate keys are errors that name both places") {
  auto [more, expected, first] = GENERATE(table<std::string, std::string, std::string>({
      {"server: {name: s, address: 10.0.0.3, release: lenny}\n", "spec.duplicate_key 5:1 server", "line 3"},
      {"nodes:\n  - name: a\n    address: 10.0.0.2\n    \"name\": b\n",
       "spec.duplicate_key 8:5 nodes[0].name", "line 6, column 5"},
      {"images:\n  a: {path: /a, release: lenny}\n  a: {path: /b, release: lenny}\n",
       "spec.duplicate_key 7:3 images.a", "line 6, column 3"},
  }));
  auto diagnostics = findings(more);
  CHECK(summary(diagnostics) == Lines{expected});
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].hint.find(first) != std::string::npos);
}

TEST_CASE("the first of two equal keys counts, among few as among many") {
  std::string more = "images:\n";
  for (int i = 0; i < 40; ++i) more += "  i" + std::to_string(i) + ": {path: /a, release: lenny}\n";
  auto [spec, diagnostics] = read_spec(smallest + more + "  i7: {path: /b, release: lenny}\n");
  CHECK(summary(diagnostics) == Lines{"spec.duplicate_key 46:3 images.i7"});
  REQUIRE(spec.images.size() == 40);
  CHECK(spec.images[7].path.value == "/a");
}

TEST_CASE("missing keys are reported where their section begins") {
  auto [text, expected] = GENERATE(table<std::string, Lines>({
      {"version: 1\n",
       {"spec.missing_key 1:1 cluster", "spec.missing_key 1:1 server", "spec.missing_key 1:1 networks"}},
      {"{}\n",
       {"spec.missing_key 1:1 version", "spec.missing_key 1:1 cluster", "spec.missing_key 1:1 server",
        "spec.missing_key 1:1 networks"}},
      {"version: 1\ncluster: {}\nserver:\n  dhcp: isc\nnetworks:\n  - router: 10.0.0.1\n    pool: {}\n",
       {"spec.missing_key 2:1 cluster.name", "spec.missing_key 2:1 cluster.domain",
        "spec.missing_key 3:1 server.name", "spec.missing_key 3:1 server.address",
        "spec.missing_key 3:1 server.release", "spec.missing_key 6:5 networks[0].subnet",
        "spec.missing_key 7:5 networks[0].pool.first", "spec.missing_key 7:5 networks[0].pool.last"}},
  }));
  CHECK(summary(read_spec(text).diagnostics) == expected);
}

TEST_CASE("images, boot entries and nodes have required keys, too") {
  CHECK(
      summary(findings("images:\n  a: {users: [{}]}\nboot:\n  b: {kerrighed: {}}\nnodes:\n  - boot: b\n")) ==
      Lines{"spec.missing_key 6:3 images.a.path", "spec.missing_key 6:3 images.a.release",
            "spec.missing_key 6:15 images.a.users[0].name",
            "spec.missing_key 6:15 images.a.users[0].password_hash", "spec.missing_key 8:3 boot.b.image",
            "spec.missing_key 8:3 boot.b.kernel", "spec.missing_key 8:7 boot.b.kerrighed.session_id",
            "spec.missing_key 10:5 nodes[0].name", "spec.missing_key 10:5 nodes[0].address"});
}

TEST_CASE("a network there must be, images, boot entries and nodes there need not be") {
  CHECK(summary(findings("images: {}\nboot: {}\nnodes: []\n")) == Lines{});
  auto without = smallest.substr(0, smallest.find("networks"));
  CHECK(summary(read_spec(without + "networks: []\n").diagnostics) == Lines{"spec.bad_value 4:11 networks"});
}

TEST_CASE("a text without quotes that YAML could take for something else is an error") {
  auto text = GENERATE(as<std::string>{}, "yes", "no", "on", "off", "Yes", "NO", "y", "N", "true", "False",
                       "null", "~", "Null", "12", "0", "-1", "+7", "0x10", "0o17", "010", "1_000", "0b11",
                       "1.5", "1.", ".5", "1e3", "-1.5E-7", ".inf", "-.INF", ".NaN", "12:30", "12:30:45",
                       "2024-01-31", "2001-12-14t21:59:43.10-05:00");
  CAPTURE(text);
  auto diagnostics = findings("default_boot: " + text + "\n");
  CHECK(summary(diagnostics) == Lines{"spec.wrong_type 5:15 default_boot"});
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].hint.find("\"" + text + "\"") != std::string::npos);

  // In quotes it is a text.
  for (std::string quote : {"\"", "'"}) {
    auto [spec, none] = read_spec(smallest + "default_boot: " + quote + text + quote + "\n");
    CHECK(summary(none) == Lines{});
    CHECK(spec.default_boot.value == text);
  }
}

TEST_CASE("texts that only look a little like something else need no quotes") {
  auto text =
      GENERATE(as<std::string>{}, "yess", "nope", "none", "nothing", "nullable", "truely", "offline", "a1",
               "1a", "0x", "0xg", "08a", "1.2.3", "1e", "e3", "1e3x", ".", "--", "-a", "+", ".info", "12:a",
               "12:300", "2024-01", "2024-1-1-1", "20240-01-01", "v1", "_1", "1__a", "2.6.30");
  CAPTURE(text);
  auto [spec, diagnostics] = read_spec(smallest + "default_boot: " + text + "\n");
  CHECK(summary(diagnostics) == Lines{});
  CHECK(spec.default_boot.value == text);
}

TEST_CASE("values of the wrong kind are errors at their place") {
  auto [more, expected] = GENERATE(table<std::string, std::string>({
      {"default_boot: [a]\n", "spec.wrong_type 5:15 default_boot"},
      {"default_boot: {a: b}\n", "spec.wrong_type 5:15 default_boot"},
      {"default_boot:\n", "spec.wrong_type 5:1 default_boot"},
      {"default_boot: \"\"\n", "spec.bad_value 5:15 default_boot"},
      {"images: []\n", "spec.wrong_type 5:9 images"},
      {"images: a\n", "spec.wrong_type 5:9 images"},
      {"images:\n  a: [b]\n", "spec.wrong_type 6:6 images.a"},
      {"images:\n  no: {path: /a, release: lenny}\n", "spec.wrong_type 6:3 images.no"},
      {"images:\n  12: {path: /a, release: lenny}\n", "spec.wrong_type 6:3 images.12"},
      {"images:\n  ? [a]\n  : {path: /a, release: lenny}\n", "spec.wrong_type 6:5 images"},
      {"images:\n  : {path: /a, release: lenny}\n", "spec.wrong_type 6:3 images"},
      {"images:\n  a: {path: /a, release: lenny, packages: ssh}\n", "spec.wrong_type 6:43 images.a.packages"},
      {"images:\n  a: {path: /a, release: lenny, packages: [ssh, [x]]}\n",
       "spec.wrong_type 6:49 images.a.packages[1]"},
      {"images:\n  a: {path: /a, release: lenny, packages: [ssh, ~]}\n",
       "spec.wrong_type 6:49 images.a.packages[1]"},
      {"images:\n  a: {path: /a, release: lenny, packages: {a: b}}\n",
       "spec.wrong_type 6:43 images.a.packages"},
      {"images:\n  a: {path: /a, release: squeeze}\n", "spec.bad_value 6:26 images.a.release"},
      {"images:\n  a: {path: /a, release: lenny, root: r}\n", "spec.bad_value 6:39 images.a.root"},
      {"nodes: {name: a}\n", "spec.wrong_type 5:8 nodes"},
      {"nodes: [a]\n", "spec.wrong_type 5:9 nodes[0]"},
      {"nodes:\n  - {name: [], address: 10.0.0.2}\n", "spec.bad_value 6:12 nodes[0].name"},
      {"nodes:\n  - {name: {a: b}, address: 10.0.0.2}\n", "spec.wrong_type 6:12 nodes[0].name"},
      {"nodes:\n  - {name: 12, address: 10.0.0.2}\n", "spec.wrong_type 6:12 nodes[0].name"},
      {"nodes:\n  - {name: a, address: 192.168}\n", "spec.wrong_type 6:24 nodes[0].address"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, boot_file: hex}\n",
       "spec.bad_value 6:45 nodes[0].boot_file"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, append: [3]}\n", "spec.wrong_type 6:43 nodes[0].append[0]"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, node_id: [1-4]}\n",
       "spec.bad_value 6:44 nodes[0].node_id[0]"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, node_id: 0x1}\n", "spec.wrong_type 6:43 nodes[0].node_id"},
      {"nodes:\n  - {name: a, address: 10.0.0.2, node_id: 010}\n", "spec.wrong_type 6:43 nodes[0].node_id"},
      {"nodes:\n  -\n", "spec.wrong_type 6:3 nodes[0]"},
      {"nodes:\n  -\n\n  # a comment\n  - {name: a, address: 10.0.0.2}\n", "spec.wrong_type 6:3 nodes[0]"},
      {"nodes: [{name: a, address: 10.0.0.2}, , ]\n", "spec.wrong_type 5:39 nodes[1]"},
  }));
  CAPTURE(more);
  auto found = summary(findings(more));
  REQUIRE(found.size() == 1);
  CHECK(found[0] == expected);
}

TEST_CASE("numbers are written in decimal digits, without quotes") {
  auto [text, code] = GENERATE(table<std::string, std::string>({
      {"\"1\"", "spec.wrong_type"},
      {"0x10", "spec.wrong_type"},
      {"010", "spec.wrong_type"},
      {"0o10", "spec.wrong_type"},
      {"1_000", "spec.wrong_type"},
      {"1.0", "spec.wrong_type"},
      {"1e3", "spec.wrong_type"},
      {"+1", "spec.wrong_type"},
      {"-", "spec.wrong_type"},
      {"-0x1", "spec.wrong_type"},
      {"one", "spec.wrong_type"},
      {"true", "spec.wrong_type"},
      {"~", "spec.wrong_type"},
      {"[1]", "spec.wrong_type"},
      {"12:30", "spec.wrong_type"},
      {"9223372036854775808", "spec.bad_value"},
  }));
  CAPTURE(text);
  auto [spec, diagnostics] =
      read_spec(smallest + "boot:\n  b: {image: i, kernel: k, kerrighed: {session_id: " +
                (text == "-" ? "\"-\"" : text) + "}}\n");
  CHECK(summary(diagnostics) == Lines{code + " 6:52 boot.b.kerrighed.session_id"});
  REQUIRE(spec.boot.size() == 1);
  CHECK_FALSE(spec.boot[0].kerrighed->session_id);
}

TEST_CASE("numbers as they should be are read") {
  auto [text, value] = GENERATE(table<std::string, std::int64_t>(
      {{"0", 0}, {"1", 1}, {"9999", 9999}, {"-1", -1}, {"9223372036854775807", INT64_MAX}}));
  auto [spec, diagnostics] =
      read_spec(smallest + "boot:\n  b: {image: i, kernel: k, kerrighed: {session_id: " + text + "}}\n");
  CHECK(summary(diagnostics) == Lines{});
  CHECK(spec.boot.at(0).kerrighed->session_id.value == value);
}

TEST_CASE("booleans are true and false, and the words for a choice are those of the table") {
  auto [key, text, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"autonodeid", "true", ""},
      {"autonodeid", "false", ""},
      {"autonodeid", "yes", "spec.wrong_type"},
      {"autonodeid", "True", "spec.wrong_type"},
      {"autonodeid", "1", "spec.wrong_type"},
      {"autonodeid", "\"true\"", "spec.wrong_type"},
      {"autonodeid", "[true]", "spec.wrong_type"},
      {"unknown_clients", "allow", ""},
      {"unknown_clients", "\"deny\"", ""},
      {"unknown_clients", "true", "spec.wrong_type"},
      {"unknown_clients", "no", "spec.wrong_type"},
      {"unknown_clients", "Allow", "spec.bad_value"},
      {"unknown_clients", "denied", "spec.bad_value"},
      {"unknown_clients", "~", "spec.wrong_type"},
  }));
  CAPTURE(key, text);
  auto more =
      key == "autonodeid"
          ? "boot:\n  b: {image: i, kernel: k, kerrighed: {session_id: 1, autonodeid: " + text + "}}\n"
          : "";
  auto head = key == "unknown_clients"
                  ? smallest.substr(0, smallest.find("networks")) +
                        "networks: [{subnet: 10.0.0.0/24, unknown_clients: " + text + "}]\n"
                  : smallest;
  auto [spec, diagnostics] = read_spec(head + more);
  if (expected.empty()) {
    CHECK(summary(diagnostics) == Lines{});
    if (key == "autonodeid") CHECK(spec.boot.at(0).kerrighed->autonodeid.value == (text == "true"));
    if (key == "unknown_clients") CHECK(spec.networks.at(0).unknown_clients.value == (text == "allow"));
  } else {
    REQUIRE(diagnostics.size() == 1);
    CHECK(diagnostics[0].code == expected);
  }
}

TEST_CASE("addresses, networks, names and domains are checked by their own types") {
  auto [find, replace, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"10.0.0.1,", "10.0.0.256,", "spec.bad_value 3:33 server.address"},
      {"10.0.0.1,", "10.0.0,", "spec.bad_value 3:33 server.address"},
      {"10.0.0.1,", "10.0.0.01,", "spec.bad_value 3:33 server.address"},
      {"10.0.0.1,", "server.example.org,", "spec.bad_value 3:33 server.address"},
      {"10.0.0.0/24", "10.0.0.1/24", "spec.bad_value 4:21 networks[0].subnet"},
      {"10.0.0.0/24", "10.0.0.0", "spec.bad_value 4:21 networks[0].subnet"},
      {"name: server", "name: my_server", "spec.bad_value 3:16 server.name"},
      {"name: server", "name: -server", "spec.bad_value 3:16 server.name"},
      {"name: server", "name: \"12\"", "spec.bad_value 3:16 server.name"},
      {"name: server", "name: no", "spec.wrong_type 3:16 server.name"},
      {"name: server", "name: 1e3", "spec.wrong_type 3:16 server.name"},
      {"example.org", "example..org", "spec.bad_value 2:28 cluster.domain"},
      {"bookworm", "squeeze", "spec.bad_value 3:52 server.release"},
  }));
  CAPTURE(replace);
  auto text = smallest;
  text.replace(text.find(find), find.size(), replace);
  CHECK(summary(read_spec(text).diagnostics) == Lines{expected});
}

TEST_CASE("a MAC address needs no quotes, even where all of its digits are decimal") {
  auto mac = GENERATE(as<std::string>{}, "52:54:00:12:34:01", "52:54:00:12:34:[01-04]",
                      "\"52:54:00:12:34:01\"", "52-54-00-12-34-01", "02:aa:bb:cc:dd:ee");
  auto [spec, diagnostics] =
      read_spec(smallest + "nodes:\n  - name: a\n    address: 10.0.0.2\n    mac: " + mac + "\n");
  CHECK(summary(diagnostics) == Lines{});
  auto bare = mac.front() == '"' ? mac.substr(1, mac.size() - 2) : mac;
  CHECK(spec.nodes.at(0).mac->at(0).value == bare);
}

TEST_CASE("what a node has may be one text or a list of them, and node_id also numbers") {
  auto [spec, diagnostics] = read_spec(smallest + R"(nodes:
  - name: [a, "b[1-2]"]
    address: [10.0.0.2, "10.0.0.[3-4]"]
    mac: [52:54:00:12:34:01, "52:54:00:12:34:[02-03]"]
    uuid: 564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e[01-03]
    node_id: [1, "[2-3]"]
)");
  CHECK(summary(diagnostics) == Lines{});
  const auto& node = spec.nodes.at(0);
  REQUIRE(node.name->size() == 2);
  CHECK(node.name->at(1).value == "b[1-2]");
  CHECK((node.name->at(1).at == Position{6, 15}));
  CHECK((node.name.at == Position{6, 11}));
  CHECK(node.address->at(1).value == "10.0.0.[3-4]");
  CHECK(node.mac->at(0).value == "52:54:00:12:34:01");
  CHECK(node.uuid->at(0).value == "564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e[01-03]");
  REQUIRE(node.node_id->size() == 2);
  CHECK(node.node_id->at(0).value == "1");
  CHECK(node.node_id->at(1).value == "[2-3]");
}

TEST_CASE("an entry that cannot be read keeps its place, and what can be read of a spec is there") {
  auto [spec, diagnostics] = read_spec(smallest + R"(images:
  a: 1
  b: {path: /b, release: lenny, packages: [x, [y]], root: no}
nodes: [1, {name: node, address: 10.0.0.2}]
)");
  CHECK(diagnostics.size() == 4);
  REQUIRE(spec.images.size() == 2);
  CHECK(spec.images[0].name == "a");
  CHECK_FALSE(spec.images[0].path);
  CHECK(spec.images[1].path.value == "/b");
  CHECK_FALSE(spec.images[1].packages);
  CHECK((spec.images[1].packages.at == Position{7, 43}));
  CHECK_FALSE(spec.images[1].root);
  REQUIRE(spec.nodes.size() == 2);
  CHECK_FALSE(spec.nodes[0].name);
  CHECK(spec.nodes[1].name->at(0).value == "node");
}

TEST_CASE("another version of the format is the only error then") {
  auto diagnostics = read_spec("version: 2\nfoo: [1]\n").diagnostics;
  CHECK(summary(diagnostics) == Lines{"spec.bad_value 1:10 version"});
  CHECK(summary(read_spec("foo: 1\nversion: 0\n").diagnostics) == Lines{"spec.bad_value 2:10 version"});
  // A version that is not a number is one error among the others.
  CHECK(read_spec("version: \"1\"\n").diagnostics.size() == 4);
}

TEST_CASE("the merge key is refused") {
  CHECK(summary(findings(
            "nodes:\n  - &a {name: a, address: 10.0.0.2}\n  - {<<: *a, name: b, address: 10.0.0.3}\n")) ==
        Lines{"spec.merge_key 7:6 nodes[1]"});
}

TEST_CASE("key paths quote keys that are no plain words") {
  CHECK(summary(findings("images:\n  a.b: {path: 1, release: lenny}\n")) ==
        Lines{"spec.wrong_type 6:15 images.\"a.b\".path"});
}

TEST_CASE("a file that is wrong throughout gives a bounded number of errors and their count") {
  std::string more = "nodes:\n";
  for (int i = 0; i < 3000; ++i) more += "- 1\n";
  auto diagnostics = findings(more);
  REQUIRE(diagnostics.size() == 1001);
  CHECK(diagnostics.back().code == "spec.too_many_errors");
  CHECK(diagnostics.back().message == "and 2000 more errors");
}
