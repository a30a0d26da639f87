#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

/// The image that nodes n1 to n3 (10.0.0.11 to 13) and the pool (10.0.0.200 to 220) boot.
ClusterText clients(const std::string& list) {
  return image_fields("clients: " + list);
}

/// Without the pool, whose machines have no known names.
ClusterText named_clients(const std::string& list) {
  return clients(list).with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]");
}

}  // namespace

TEST_CASE("a list of clients lets all in that boot the image") {
  for (const auto& list : Texts{
           "[10.0.0.0/24]", "[10.0.0.0/255.255.255.0]", "[10.0.0.11, 10.0.0.12, 10.0.0.13, 10.0.0.192/26]",
           "[10.0.0.0/25, 10.0.0.128/25]", "['@nodes']", "[10.0.0.0/8, backup.lab.home, '*.example.org']"}) {
    CAPTURE(list);
    accepted(clients(list));
  }
  for (const auto& list :
       Texts{"[n1, N2, n3.lab.home]", "['*.lab.home']", "['n?.lab.home']", "['n?.LAB.home', 10.9.9.9]"}) {
    CAPTURE(list);
    accepted(named_clients(list));
  }
}

TEST_CASE("a list of clients may be longer than the image has nodes") {
  accepted(clients("[10.0.0.0/24, 10.9.0.0/16]"));
}

TEST_CASE("a list of clients that leaves out a node is an error") {
  auto finding = refused(clients("^[10.0.0.12, 10.0.0.13, 10.0.0.192/26]"), "image.clients_leave_out_node",
                         "images.debian.clients");
  CHECK(contains(finding.message, "leave out n1, which"));
  finding =
      refused(named_clients("^[n1.other.home, n2]"), "image.clients_leave_out_node", "images.debian.clients");
  CHECK(contains(finding.message, "leave out n1 and n3, which"));
  finding =
      refused(named_clients("^['*.other.home']"), "image.clients_leave_out_node", "images.debian.clients");
  CHECK(contains(finding.message, "leave out n1, n2 and n3, which"));
  finding = refused(clients("^[]"), "image.clients_leave_out_node", "images.debian.clients");
  CHECK(contains(finding.message, "leave out n1, n2, n3 and 1 more, which"));
}

TEST_CASE("a list of clients that leaves out a pool is an error") {
  auto finding =
      refused(clients("^[10.0.0.0/27, 10.0.0.200]"), "image.clients_leave_out_node", "images.debian.clients");
  CHECK(contains(finding.message, "the pool 10.0.0.200 to 10.0.0.220"));
  accepted(clients("[10.0.0.0/27]").with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]"));
}

TEST_CASE("a pool whose machines are denied need not be let in") {
  warned(clients("[10.0.0.0/27]")
             .with("networks",
                   "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, ^pool: {first: 10.0.0.200, last: "
                   "10.0.0.220}, "
                   "unknown_clients: deny}]"),
         "pool.denied", "networks[0].pool");
}

TEST_CASE("an image is never open to the world") {
  accepted(clients("[10.0.0.0/8]"));
  for (const auto& client : Texts{"'*'", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "'*.*'", "'?*'", "10.0.0.0/7",
                                  "8.0.0.0/254.0.0.0", "128.0.0.0/1"}) {
    CAPTURE(client);
    auto finding =
        refused(clients("[10.0.0.0/24, ^" + client + "]"), "image.open_to_world", "images.debian.clients[1]");
    CHECK(contains(finding.hint, "leave out clients"));
  }
}

TEST_CASE("a client is one word that exports can hold") {
  for (const auto& client : Texts{"11.0.0.0/7", "10.0.0.1/24", "10.0.0.0/33",   "10.0.0.0/255.0.255.0",
                                  "10.0.0.0/",  "10.0.0.256",  "'10.0.0.1 '",   "'10.0.0.1 10.0.0.2'",
                                  "'a b'",      "'a#b'",       "'\"'",          "'@'",
                                  "'@a b'",     "a_b",         "'*.a b'",       "'[a-b].home'",
                                  "'-ro'",      "'gss/krb5'",  "'2001:db8::1'", "0.0.0.0",
                                  "127.0.0.1",  "'a\\040b'",   "'-n1'"}) {
    CAPTURE(client);
    refused(clients("[10.0.0.0/24, ^" + client + "]"), "image.client_syntax", "images.debian.clients[1]");
  }
  auto finding =
      refused(clients("[10.0.0.0/24, ^'10.0.0.1(rw)']"), "image.client_syntax", "images.debian.clients[1]");
  CHECK(contains(finding.hint, "root:"));
  finding = refused(clients("[10.0.0.0/24, ^'10.0.0.0/24(rw)']"), "image.client_syntax",
                    "images.debian.clients[1]");
  CHECK(contains(finding.hint, "root:"));
}
