#include "krgboot/base/error.hpp"
#include "krgboot/formats/root_tree/accounts.hpp"

#include <functional>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using accounts::Account;
using accounts::Database;

namespace {

const std::string hash = "$6$salt$" + std::string(86, 'h');
const std::string other_hash = "$6$salt$" + std::string(86, 'o');

Account krg() {
  Account account;
  account.name = "krg";
  account.password_hash = hash;
  account.new_uid = 1000;
  return account;
}

Account root() {
  Account account;
  account.name = "root";
  account.password_hash = hash;
  return account;
}

std::string code_of(const std::function<std::string()>& call) {
  return error_of<ConflictError>(call).code;
}

}  // namespace

TEST_CASE("a new account gets a line in each file") {
  CHECK(accounts::set(Database::passwd, "root:x:0:0:root:/root:/bin/bash\n", {krg()}) ==
        "root:x:0:0:root:/root:/bin/bash\nkrg:x:1000:1000::/home/krg:/bin/bash\n");
  CHECK(accounts::set(Database::shadow, "root:*:19000:0:99999:7:::\n", {krg()}) ==
        "root:*:19000:0:99999:7:::\nkrg:" + hash + "::0:99999:7:::\n");
  CHECK(accounts::set(Database::group, "root:x:0:\n", {krg()}) == "root:x:0:\nkrg:x:1000:\n");
  CHECK(accounts::set(Database::gshadow, "root:*::\n", {krg()}) == "root:*::\nkrg:!::\n");
}

TEST_CASE("what is there keeps its number, its comment and its place, and foreign lines every byte") {
  std::string passwd =
      "root:x:0:0:root:/root:/bin/bash\n"
      "krg:x:1017:100:Kerr Ighed,,,:/srv/krg:/bin/dash\r\n"
      "# no comment in this format\n"
      "broken line\n"
      "krg:x:5:5::/second:/bin/sh\n"
      "+::::::\n";
  CHECK(accounts::set(Database::passwd, "krg:x:1017:100:K:/srv/krg:/bin/dash\nbroken line\n", {krg()}) ==
        "krg:x:1017:100:K:/srv/krg:/bin/dash\nbroken line\n");
  auto account = krg();
  account.shell = "/bin/zsh";
  account.home = "/home/k";
  CHECK(accounts::set(Database::passwd, "a:x:1:1:::\nkrg:x:1017:100:K:/srv/krg:/bin/dash\nb:x:2:2:::",
                      {account}) == "a:x:1:1:::\nkrg:x:1017:100:K:/home/k:/bin/zsh\nb:x:2:2:::");
  auto shadow = "daemon:*:19000:0:99999:7:::\nkrg:!:19001:1:2:3:4:5:6\nlast:*:1:0:99999:7:::";
  CHECK(accounts::set(Database::shadow, shadow, {krg()}) ==
        "daemon:*:19000:0:99999:7:::\nkrg:" + hash + ":19001:1:2:3:4:5:6\nlast:*:1:0:99999:7:::");
  // A new entry gets a line of its own, before the lines of NIS.
  CHECK(accounts::set(Database::group, "last:x:1:", {krg()}) == "last:x:1:\nkrg:x:1000:\n");
  auto new_one = krg();
  new_one.name = "new";
  new_one.new_uid = 1500;
  auto with_nis = accounts::set(Database::passwd, passwd, {new_one});
  CHECK(with_nis.find("new:x:1500:1500::/home/new:/bin/bash\n+::::::\n") != std::string::npos);
  CHECK(with_nis.size() == passwd.size() + std::string("new:x:1500:1500::/home/new:/bin/bash\n").size());
}

TEST_CASE("an account may be a member of the group of one that comes after it") {
  auto first = krg();
  first.groups = {"second"};
  auto second = krg();
  second.name = "second";
  second.new_uid = 1001;
  CHECK(accounts::set(Database::group, "", {first, second}) == "krg:x:1000:\nsecond:x:1001:krg\n");
  CHECK(accounts::set(Database::gshadow, "", {first, second}) == "krg:!::\nsecond:!::krg\n");
}

TEST_CASE("setting accounts twice is setting them once") {
  auto database = GENERATE(Database::passwd, Database::shadow, Database::group, Database::gshadow);
  auto account = krg();
  account.groups = {"sudo"};
  std::string text = database == Database::group     ? "sudo:x:27:other"
                     : database == Database::gshadow ? "sudo:*::other"
                                                     : "";
  auto once = accounts::set(database, text, {root(), account});
  CHECK(accounts::set(database, once, {root(), account}) == once);
  CHECK(once.find("root:") != std::string::npos);
}

TEST_CASE("a password that stands in passwd itself gives way to the mark for shadow") {
  CHECK(accounts::set(Database::passwd, "root:" + other_hash + ":0:0:root:/root:/bin/bash\n", {root()}) ==
        "root:x:0:0:root:/root:/bin/bash\n");
  CHECK(accounts::set(Database::passwd, "", {root()}) == "root:x:0:0::/root:/bin/bash\n");
}

TEST_CASE("members are added to groups that are there, and none is lost") {
  auto account = krg();
  account.groups = {"sudo", "adm"};
  CHECK(accounts::set(Database::group, "adm:x:4:\nsudo:x:27:a,b\nkrg:x:1000:\n", {account}) ==
        "adm:x:4:krg\nsudo:x:27:a,b,krg\nkrg:x:1000:\n");
  CHECK(accounts::set(Database::gshadow, "sudo:*:boss:a,b\nkrg:!::\n", {account}) ==
        "sudo:*:boss:a,b,krg\nkrg:!::\n");
  // A name with the same beginning is another name.
  CHECK(accounts::set(Database::group, "adm:x:4:krg2\nsudo:x:27:xkrg\nkrg:x:1000:\n", {account}) ==
        "adm:x:4:krg2,krg\nsudo:x:27:xkrg,krg\nkrg:x:1000:\n");
  CHECK(code_of([&] { return accounts::set(Database::group, "sudo:x:27:\n", {account}); }) ==
        "accounts.no_group");
}

TEST_CASE("what has no safe answer is refused") {
  auto account = krg();
  account.uid = 1001;
  CHECK(code_of([&] { return accounts::set(Database::passwd, "krg:x:1000:1000:::\n", {account}); }) ==
        "accounts.uid");
  CHECK(accounts::set(Database::passwd, "", {account}) == "krg:x:1001:1001::/home/krg:/bin/bash\n");
  CHECK(code_of([] { return accounts::set(Database::passwd, "else:x:1000:1000:::\n", {krg()}); }) ==
        "accounts.uid_taken");
  CHECK(code_of([] { return accounts::set(Database::group, "else:x:1000:\n", {krg()}); }) ==
        "accounts.gid_taken");
  CHECK(code_of([] { return accounts::set(Database::shadow, "krg:!:1\n", {krg()}); }) == "accounts.line");
  for (const auto* name : {"", "a,b", "a:b", "a\nb"}) {
    auto odd = krg();
    odd.name = name;
    CHECK(error_of<ArgumentError>([&] { return accounts::set(Database::group, "", {odd}); }).code ==
          "accounts.field");
  }
  account.shell = "/bin/sh:/bin/bash";
  CHECK(error_of([&] { return accounts::set(Database::passwd, "", {account}); }).code == "accounts.field");
  account = krg();
  account.password_hash = "x\nroot2::0:0:::";
  auto thrown = error_of([&] { return accounts::set(Database::shadow, "", {account}); });
  CHECK(thrown.code == "accounts.field");
  CHECK(thrown.message.find("root2") == std::string::npos);
}

TEST_CASE("no hash is ever shown, though a change of one is") {
  auto before = "root:" + hash + ":1:::::\nkrg:" + hash + ":1:::::\nlocked:!" + hash +
                ":1:::::\nx:*:1::::::\n\n# c\n" + hash + "\n";
  CHECK(accounts::without_hashes(before) ==
        "root:(hash):1:::::\nkrg:(hash):1:::::\nlocked:(hash):1:::::\nx:*:1::::::\n\n# c\n(hidden)\n");
  auto after = "root:" + hash + ":1:::::\nkrg:" + other_hash + ":1:::::\nnew:" + hash + ":1:::::";
  CHECK(accounts::without_hashes(after, before) ==
        "root:(hash):1:::::\nkrg:(new hash):1:::::\nnew:(new hash):1:::::");
  // The 13 characters of traditional DES do not identify a hash.
  CHECK(accounts::without_hashes("a:rqXexS6ZhobKA:1:::::\nb:rqXexS6ZhobKA") == "a:(hash):1:::::\nb:(hash)");
}

TEST_CASE("files with hashes are made for root alone") {
  CHECK(accounts::mode_of(Database::shadow) == 0600);
  CHECK(accounts::mode_of(Database::gshadow) == 0600);
  CHECK(accounts::mode_of(Database::passwd) == 0644);
  for (auto database : accounts::all_databases)
    CHECK(accounts::parse_database(accounts::to_string(database)) == database);
  CHECK_FALSE(accounts::parse_database("passwd-"));
}
