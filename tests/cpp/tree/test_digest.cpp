#include "krgboot/tree/digest.hpp"

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("the examples of FIPS 180-4") {
  CHECK(sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("pieces give the same digest, and a finished one can be reused") {
  Sha256 digest;
  for (char c : std::string("abc")) digest.add({&c, 1});
  CHECK(digest.finish() == sha256_of("abc"));
  CHECK(digest.finish() == sha256_of(""));
  digest.add("abc");
  auto moved = std::move(digest);
  CHECK(moved.finish() == sha256_of("abc"));
}
