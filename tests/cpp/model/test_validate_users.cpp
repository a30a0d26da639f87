#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText users(const std::string& list, const std::string& release = "bookworm") {
  return image_fields("users: [" + list + "]", release);
}

ClusterText password(const std::string& hash, const std::string& release = "bookworm") {
  return users("{name: krg, password_hash: " + hash + "}", release);
}

// The results of crypt(3) for "x".
const std::string sha512 =
    "$6$abcdefgh$D7W7qyozKBT.t6FD3DVYHvADbIO0eSyI4.p20LaEUjro8PqTGYYo/EQcuNjhFbzo9Yg5ir1KIEqFY/yJpgFph0";
const std::string sha512_rounds =
    "$6$rounds=5000$abcdefgh$D7W7qyozKBT.t6FD3DVYHvADbIO0eSyI4.p20LaEUjro8PqTGYYo/EQcuNjhFbzo9Yg5ir1KIEqFY/"
    "yJpgFph0";
const std::string sha256 = "$5$abc$sCOGUciM.GdmYMCUvmUcgu03oRH87O0clF96.9mwWGB";
const std::string md5 = "$1$abc$OGyl6dDvZCDiGmIVbeuCq/";
const std::string yescrypt = "$y$j9T$abcdefgh1234567890$srOJvsIR8CgrVF4EBZ/11V4R.Uf4fJ5n971xn5AMGyA";
const std::string gost_yescrypt = "$gy$j9T$abcdefgh1234567890$ZnYTzFdb5uelW82NIZzyXHwEJuHoMxZ8wc2cZyQmLjA";
const std::string scrypt = "$7$CU..../....abcdefgh$19TzpFZ5AwP26vdEMbfvWacoVUfd2MfVusFAVFilh.C";
const std::string bcrypt = "$2b$04$abcdefghijklmnopqrstuuPp7HPfoAs8I2dCQCQ/fW7zEJv8I8C8e";
const std::string sha1 = "$sha1$1000$abcdefgh$S1ArdJYzrh17g244/Kvgwg8.Q1c0";

}  // namespace

TEST_CASE("a password is given as crypt(5) has it, or locked") {
  for (const auto& hash : {sha512, sha512_rounds, sha256, md5, yescrypt, gost_yescrypt, scrypt, bcrypt, sha1,
                           std::string("!"), std::string("*"), std::string("!!"), "!" + sha512}) {
    CAPTURE(hash);
    accepted(password("'" + hash + "'"));
  }
}

TEST_CASE("a password in clear is refused, and never repeated") {
  for (const auto& secret : {std::string("hunter2"),
                             std::string("$ecret$word"),
                             std::string("$6$hunter2"),
                             std::string("$6$salt$hunter2"),
                             std::string("!hunter2"),
                             std::string("*hunter2"),
                             std::string("AZaz09./AZaz0"),
                             std::string("$9$salt$hunter2"),
                             "$6$salt" + sha512.substr(2),
                             "$6" + sha512.substr(11),
                             "$y" + yescrypt.substr(6),
                             "$7$CU" + scrypt.substr(2),
                             sha512 + "x",
                             sha512.substr(0, sha512.size() - 1),
                             sha512.substr(0, 40) + ":" + sha512.substr(41),
                             sha512.substr(0, 40) + " " + sha512.substr(41),
                             "$5" + sha512.substr(2),
                             "x" + sha512,
                             "$1$rounds=5000" + md5.substr(2),
                             sha512.substr(0, 40) + "\\n" + sha512.substr(41)}) {
    CAPTURE(secret);
    auto finding = refused(password("^\"" + secret + "\""), "image.password_not_hashed",
                           "images.debian.users[0].password_hash");
    CHECK_FALSE(contains(finding.to_string(), secret));
    CHECK_FALSE(contains(finding.to_string(), "hunter2"));
  }
}

TEST_CASE("lenny's libcrypt knows few methods") {
  for (const auto& hash : {sha512, sha512_rounds, sha256, md5, std::string("!"), "!" + sha512}) {
    accepted(password("'" + hash + "'", "lenny"));
  }
  for (const auto& hash : {yescrypt, bcrypt, "!" + yescrypt, scrypt, sha1}) {
    CAPTURE(hash);
    auto finding = refused(password("^'" + hash + "'", "lenny"), "image.password_method",
                           "images.debian.users[0].password_hash");
    CHECK_FALSE(contains(finding.to_string(), hash));
  }
}

TEST_CASE("a user's name is one that useradd takes") {
  for (const auto& name : {std::string("root"), std::string("_apt"), std::string("a-b_9"),
                           std::string("host$"), std::string(32, 'u')}) {
    accepted(users("{name: '" + name + "', password_hash: '!'}"));
  }
  for (const auto& name :
       {std::string("Root"), std::string("9a"), std::string("-a"), std::string("a b"), std::string("a:b"),
        std::string("$"), std::string("a$b"), std::string("é"), std::string(33, 'u'), std::string("a\\n")}) {
    CAPTURE(name);
    refused(users("{name: ^\"" + name + "\", password_hash: '!'}"), "image.user_name_syntax",
            "images.debian.users[0].name");
  }
}

TEST_CASE("a user stands once in an image") {
  accepted(users("{name: root, password_hash: '!'}, {name: roo, password_hash: '!'}"));
  auto finding = refused(users("{name: root, password_hash: '!'}, {name: ^root, password_hash: '*'}"),
                         "image.duplicate_user", "images.debian.users[1].name");
  CHECK(contains(finding.message, "cluster.yaml:5:"));
}
