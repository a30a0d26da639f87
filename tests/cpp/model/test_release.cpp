#include "krgboot/model/release.hpp"

#include <set>

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("every release is found by its name and by its codename") {
  std::set<std::string> codenames;
  for (const auto& row : releases()) {
    CAPTURE(row.codename);
    CHECK(&release(row.name) == &row);
    CHECK(parse_release(row.codename) == row.name);
    CHECK(to_string(row.name) == row.codename);
    codenames.insert(row.codename);
  }
  CHECK(codenames == std::set<std::string>{"lenny", "bookworm", "trixie"});
}

TEST_CASE("a release is named by its codename and nothing else") {
  auto word = GENERATE(as<std::string>{}, "", "Lenny", "debian", "12", "bookworm ", "bullseye", "stable");
  CAPTURE(word);
  CHECK(parse_release(word) == std::nullopt);
}

TEST_CASE("lenny differs from today's Debian where its packages do") {
  const auto& lenny = release(ReleaseName::lenny);
  const auto& bookworm = release(ReleaseName::bookworm);
  CHECK(lenny.archived);
  CHECK_FALSE(bookworm.archived);
  CHECK(lenny.init == InitSystem::sysvinit);
  CHECK(bookworm.init == InitSystem::systemd);
  CHECK_FALSE(lenny.has_run);
  CHECK_FALSE(lenny.orders_scripts);
  CHECK(bookworm.has_run);
  CHECK(bookworm.orders_scripts);
  CHECK(lenny.nfs3_option.empty());
  CHECK(bookworm.nfs3_option == "vers=3");
}
