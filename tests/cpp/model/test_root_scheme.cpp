#include "krgboot/base/error.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <set>
#include <string>

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("each root mode has one scheme, with a word of its own") {
  std::set<std::string_view> words;
  for (const auto& row : root_schemes()) {
    CAPTURE(std::string(row.word));
    CHECK(&root_scheme(row.mode) == &row);
    CHECK_FALSE(row.meaning.empty());
    CHECK((row.kernel_word == "ro" || row.kernel_word == "rw"));
    words.insert(row.word);
  }
  CHECK(words == std::set<std::string_view>{"ro", "rw"});
  CHECK(root_schemes().size() == words.size());
}

TEST_CASE("ro is shared and takes what nodes write from the server; rw is one node's own") {
  const auto& ro = root_scheme(RootMode::ro);
  CHECK(ro.word == "ro");
  CHECK(ro.kernel_word == "ro");
  CHECK_FALSE(ro.export_is_writable);
  CHECK(ro.is_shared);
  CHECK(ro.mounts_writable_directories);
  CHECK(ro.sysvinit_root_options == "ro,nolock");
  const auto& rw = root_scheme(RootMode::rw);
  CHECK(rw.word == "rw");
  CHECK(rw.kernel_word == "rw");
  CHECK(rw.export_is_writable);
  CHECK_FALSE(rw.is_shared);
  CHECK_FALSE(rw.mounts_writable_directories);
  CHECK(rw.sysvinit_root_options == std::nullopt);
}

TEST_CASE("no scheme lets several nodes write to one image") {
  for (const auto& row : root_schemes()) {
    CAPTURE(std::string(row.word));
    CHECK_FALSE((row.export_is_writable && row.is_shared));
    // If the root is writable already, its directories would be exported twice.
    CHECK_FALSE((row.export_is_writable && row.mounts_writable_directories));
  }
}

TEST_CASE("a mode without a scheme is a fault of krgboot's") {
  CHECK_THROWS_AS(root_scheme(static_cast<RootMode>(99)), InternalError);
}
