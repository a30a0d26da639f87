#include <string>
#include <vector>

#include "apply/reload.hpp"
#include "catch.hpp"

using namespace krgboot;

TEST_CASE("each complaint of exportfs is a warning of one line") {
  // Output of nfs-utils 2.6.2.
  auto warnings = exportfs_warnings(
      "exportfs: /etc/exports [1]: Neither 'subtree_check' or 'no_subtree_check' specified for export "
      "\"*:/srv\".\n"
      "  Assuming default behaviour ('no_subtree_check').\n"
      "  NOTE: this default has changed since nfs-utils version 1.0.x\n"
      "\n"
      "exportfs: Failed to stat /not/there: No such file or directory\n"
      "exportfs: /etc/exports:2: unknown keyword \"no_root_sqash\"\n");
  std::vector<std::string> said;
  for (const auto& warning : warnings) {
    CHECK(warning.severity == Severity::warning);
    said.push_back(warning.code + ": " + warning.message);
  }
  CHECK(said ==
        std::vector<std::string>{
            "exports.complaint: exportfs: /etc/exports [1]: Neither 'subtree_check' or 'no_subtree_check' "
            "specified for export \"*:/srv\". Assuming default behaviour ('no_subtree_check'). NOTE: this "
            "default has changed since nfs-utils version 1.0.x",
            "exports.missing_directory: exportfs: Failed to stat /not/there: No such file or directory",
            "exports.complaint: exportfs: /etc/exports:2: unknown keyword \"no_root_sqash\""});
  CHECK(warnings[0].to_string().find("\\n") == std::string::npos);
  CHECK(warnings[0].hint == "krgboot's own directories are exported");
  CHECK(exportfs_warnings("\n  \n").empty());
}
