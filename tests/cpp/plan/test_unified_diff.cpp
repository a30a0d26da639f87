#include "krgboot/plan/unified_diff.hpp"

#include "catch.hpp"

using krgboot::unified_hunks;

TEST_CASE("equal texts have no hunks") {
  CHECK(unified_hunks("", "").empty());
  CHECK(unified_hunks("a\nb\n", "a\nb\n").empty());
}

TEST_CASE("hunks are those of diff -u") {
  CHECK(unified_hunks("", "a\n") == "@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_hunks("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
  CHECK(unified_hunks("a\nb\nc\n", "a\nx\nc\n") == "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
  // Three lines of context; the rest is left out.
  CHECK(unified_hunks("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nsix\n") ==
        "@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n+six\n");
}

TEST_CASE("changes far apart are hunks of their own, near ones share one") {
  std::string far_before = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
  std::string far_after = "A\n1\n2\n3\n4\n5\n6\n7\nB\n";
  CHECK(unified_hunks(far_before, far_after) ==
        "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
  CHECK(unified_hunks("a\n1\n2\n3\n4\nb\n", "A\n1\n2\n3\n4\nB\n") ==
        "@@ -1,6 +1,6 @@\n-a\n+A\n 1\n 2\n 3\n 4\n-b\n+B\n");
}

TEST_CASE("a missing newline at the end is marked") {
  CHECK(unified_hunks("a", "a\n") == "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(unified_hunks("a\nb", "a\nc") ==
        "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n");
}
