#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"

#include <random>
#include <string>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::exports;

TEST_CASE("any path is read back as it was") {
  // Bytes with a meaning to the reader are frequent here, so that all their sequences occur.
  const std::string alphabet = "\\\\\\01234567 \t\n\r\"#()-,ab/89\x01\x7f\xc3\xa4";
  std::mt19937 random(20240229);
  std::uniform_int_distribution<std::size_t> length(1, 24);
  std::uniform_int_distribution<std::size_t> letter(0, alphabet.size() - 1);
  for (int i = 0; i < 6000; ++i) {
    std::string path = "/";
    for (auto n = length(random); n > 0; --n) path += alphabet[letter(random)];
    auto word = quote_path(path);
    CAPTURE(path, word);
    auto table = ExportsTable::parse(word + " 10.0.0.1(ro)\n");
    REQUIRE(table.list().size() == 1);
    REQUIRE(table.list()[0].path == path);
    REQUIRE(table.list()[0].client == "10.0.0.1");
    // mountd reads the same path from exportfs's output, unless path_problem reports the path.
    auto etab = ExportsTable::parse(table.list()[0].to_etab() + "\n");
    REQUIRE(etab.list().size() == 1);
    REQUIRE((etab.list()[0].path == path) == !path_problem(path));
  }
}

TEST_CASE("words that no exports file can hold are refused") {
  CHECK(error_of([] { return quote_path(""); }).code == "exports.unquotable");
  CHECK(error_of([] { return quote_path(std::string("/a\0b", 4)); }).code == "exports.unquotable");
}

TEST_CASE("paths that nfs-utils cannot export") {
  CHECK_FALSE(path_problem("/"));
  CHECK_FALSE(path_problem("/NFSROOT/kerrighed"));
  CHECK_FALSE(path_problem("/a b\"c#d\\e"));
  CHECK_FALSE(path_problem("/a\\777"));
  CHECK_FALSE(path_problem("/" + std::string(1023, 'x')));

  CHECK(path_problem("") == "it is not absolute");
  CHECK(path_problem("NFSROOT") == "it is not absolute");
  CHECK(path_problem(std::string("/a\0", 3)) == "it has a NUL");
  CHECK(path_problem("/" + std::string(1024, 'x')) == "it is longer than 1024 bytes");
  CHECK(path_problem("/" + std::string(1022, 'x') + " ") == "it is longer than 1024 bytes");
  CHECK(path_problem("/" + std::string(1022, 'x') + "#") == "it is longer than 1024 bytes");
  CHECK(path_problem("/a\\040b") == "exportfs hands it to mountd in a way that reads back as \"/a b\"");
  CHECK(path_problem("/a\\134060") == "exportfs hands it to mountd in a way that reads back as \"/a0\"");
}

TEST_CASE("paths compare without doubled and final slashes") {
  CHECK(normal_path("/") == "/");
  CHECK(normal_path("///") == "/");
  CHECK(normal_path("/a//b///") == "/a/b");
  CHECK(normal_path("/a/../b/.") == "/a/../b/.");
  CHECK(normal_path("") == "");
}
