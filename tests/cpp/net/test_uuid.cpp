#include "krgboot/net/uuid.hpp"

#include <unordered_set>

#include "catch.hpp"
#include "error_of.hpp"

using krgboot::Uuid;
using namespace std::string_view_literals;

TEST_CASE("a UUID is read in either case and written in lower case") {
  auto uuid = Uuid::from_string("B8945908-D6A6-41a9-611D-74A6AB80B83D");
  CHECK(uuid.to_string() == "b8945908-d6a6-41a9-611d-74a6ab80b83d");
  CHECK(uuid.octets() == std::array<std::uint8_t, 16>{0xb8, 0x94, 0x59, 0x08, 0xd6, 0xa6, 0x41, 0xa9, 0x61,
                                                      0x1d, 0x74, 0xa6, 0xab, 0x80, 0xb8, 0x3d});
  CHECK(Uuid::parse(uuid.to_string()) == uuid);
  CHECK(Uuid().to_string() == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("what is nearly a UUID is refused") {
  for (auto text : {"",
                    "-",
                    "----",
                    "b8945908d6a641a9611d74a6ab80b83d",
                    "{b8945908-d6a6-41a9-611d-74a6ab80b83d}",
                    "urn:uuid:b8945908-d6a6-41a9-611d-74a6ab80b83d",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83dd",
                    "b8945908-d6a6-41a9-611d74a6ab80b83d",
                    "b894590-8d6a6-41a9-611d-74a6ab80b83d",
                    "b8945908-d6a6-41a9-611d-74a6ab80-83d",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83g",
                    "b8945908_d6a6_41a9_611d_74a6ab80b83d",
                    "b8945908:d6a6:41a9:611d:74a6ab80b83d",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83 ",
                    " b8945908-d6a6-41a9-611d-74a6ab80b83d",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83d ",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83d\n",
                    "-b8945908-d6a6-41a9-611d-74a6ab80b83",
                    "+8945908-d6a6-41a9-611d-74a6ab80b83d"}) {
    INFO(text);
    CHECK_FALSE(Uuid::parse(text));
  }
  CHECK_FALSE(Uuid::parse("b8945908-d6a6-41a9-611d-74a6ab80b83\0"sv));
  CHECK_FALSE(Uuid::parse("b8945908-d6a6-41a9-611d-74a6ab80b83d\0"sv));
  CHECK_FALSE(Uuid::parse("b8945908-d6a6-41a9-611d-74a6ab80b8\xd9\xa1"));  // ARABIC-INDIC DIGIT ONE
}

TEST_CASE("the error of a UUID shows the text and the form expected") {
  auto error = error_of([] { return Uuid::from_string("b8945908"); });
  CHECK(error.code == "uuid.syntax");
  CHECK(error.subject == "b8945908");
  CHECK(error.message ==
        "\"b8945908\" is not a UUID: expected hex digits in groups of 8-4-4-4-12, such as "
        "b8945908-d6a6-41a9-811d-74a6ab80b83d");
}

TEST_CASE("a placeholder is all zeros or all ones, nothing between") {
  CHECK(Uuid().is_placeholder());
  CHECK(Uuid::from_string("ffffffff-ffff-ffff-ffff-ffffffffffff").is_placeholder());
  CHECK_FALSE(Uuid::from_string("00000000-0000-0000-0000-000000000001").is_placeholder());
  CHECK_FALSE(Uuid::from_string("ffffffff-ffff-ffff-ffff-fffffffffffe").is_placeholder());
  CHECK_FALSE(Uuid::from_string("11111111-1111-1111-1111-111111111111").is_placeholder());
}

TEST_CASE("UUIDs are ordered and hashed") {
  auto low = Uuid::from_string("00000000-0000-4000-8000-000000000001");
  auto high = Uuid::from_string("80000000-0000-4000-8000-000000000000");
  CHECK(low < high);
  std::unordered_set<Uuid> seen{low, high, low, Uuid()};
  CHECK(seen.size() == 3);
  CHECK(std::hash<Uuid>{}(Uuid()) !=
        std::hash<Uuid>{}(Uuid::from_string("ffffffff-ffff-ffff-ffff-ffffffffffff")));
}
