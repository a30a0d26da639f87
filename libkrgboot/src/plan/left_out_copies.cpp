#include "left_out_copies.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

/// "boot/IMAGE/FILE" of the copy of a kernel or initrd: the form in which boot files name it.
std::string_view boot_path_of(std::string_view copy) {
  auto above = folder_of(folder_of(folder_of(copy)));
  return copy.substr(above.size() + 1);
}

/// Does a boot file name this path?
bool names(std::string_view boot_file, std::string_view boot_path) {
  constexpr std::string_view around = " \t\n,=";
  auto ends_at = [&](std::size_t at) {
    return at >= boot_file.size() || around.find(boot_file[at]) != std::string_view::npos;
  };
  for (auto at = boot_file.find(boot_path); at != std::string_view::npos;
       at = boot_file.find(boot_path, at + 1)) {
    if ((at == 0 || ends_at(at - 1)) && ends_at(at + boot_path.size())) return true;
  }
  return false;
}

}  // namespace

void LeftOutCopies::add(const CopyFile& copy, bool is_there) {
  folders_.insert(folder_of(copy.path));
  if (!is_there) missing_.push_back(&copy);
}

bool LeftOutCopies::keeps(const WriteFile& boot_file, const Observed& seen, bool may_change) {
  auto missing = std::find_if(missing_.begin(), missing_.end(), [&](const CopyFile* copy) {
    return names(boot_file.content, boot_path_of(copy->path));
  });
  if (missing == missing_.end()) return false;
  auto stays = seen.kind == PathKind::file && !seen.same_content && may_change;
  note(**missing, stays, boot_file);
  if (stays && seen.text) kept_boot_files_.push_back(*seen.text);
  return stays;
}

void LeftOutCopies::note(const CopyFile& copy, bool stays, const WriteFile& boot_file) {
  auto known = std::find_if(named_.begin(), named_.end(),
                            [&](const Named& each) { return each.copy == &copy && each.stays == stays; });
  if (known == named_.end()) {
    named_.push_back({&copy, stays, &boot_file, 1});
  } else {
    ++known->count;
  }
}

bool LeftOutCopies::may_be_loaded(const Owned& copy) const {
  if (copy.role != Role::kernel || copy.kind != Owned::Kind::file) return false;
  if (folders_.count(folder_of(copy.path)) != 0) return true;
  return std::any_of(kept_boot_files_.begin(), kept_boot_files_.end(),
                     [&](std::string_view text) { return names(text, boot_path_of(copy.path)); });
}

Diagnostics LeftOutCopies::warnings() const {
  Diagnostics warnings;
  for (const auto& [copy, stays, first, count] : named_) {
    auto others = count == 1 ? std::string() : fmt::format(" and {} more", count - 1);
    std::string_view verb =
        stays ? (count == 1 ? "stays as it is: it would name" : "stay as they are: they would name")
              : (count == 1 ? "names" : "name");
    warnings.push_back({Severity::warning,
                        "boot_file.left_out",
                        fmt::format("{}{} {} {}, which is not there, and {} is left out", first->path, others,
                                    verb, copy->path, copy->source_within),
                        "repair the image, and apply again",
                        first->origin,
                        {}});
  }
  return warnings;
}

}  // namespace krgboot
