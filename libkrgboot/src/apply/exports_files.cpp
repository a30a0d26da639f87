#include "krgboot/apply/exports_files.hpp"

#include "krgboot/formats/exports_match.hpp"
#include "krgboot/system/transaction.hpp"

#include "recovery.hpp"

namespace krgboot {

std::vector<ExportsTable> read_exports_tables(const Root& root, const Release& release) {
  std::vector<ExportsTable> tables;
  auto add = [&](const std::string& path) {
    if (auto text = root.read_through_links(path)) tables.push_back(ExportsTable::parse(text->bytes, path));
  };
  add(release.exports);
  if (release.exports_directory.empty()) return tables;
  std::vector<std::string> drop_ins;
  for (auto& name : root.list_directory(release.exports_directory).value_or(std::vector<std::string>{})) {
    if (exports::is_drop_in(name)) drop_ins.push_back(name);
  }
  for (const auto& name : exports::sort_drop_ins(std::move(drop_ins)))
    add(release.exports_directory + "/" + name);
  return tables;
}

ExportsTable read_exports_table(const Root& root, const std::string& path) {
  return ExportsTable::parse(root.read_file(path).value_or(""), path);
}

bool edit_exports_table(const Root& root, const std::string& path,
                        const std::function<void(ExportsTable&)>& edit, const LockOptions& options) {
  Lock lock(root, options);
  recover_locked(root);
  auto before = root.read_with_status(path);
  auto text = before ? before->bytes : std::string();
  auto table = ExportsTable::parse(text, path);
  edit(table);
  if (table.to_string() == text) return false;

  Transaction transaction(root);
  transaction.begin({parent_path(path)}, "");  // reloads nothing
  transaction.stage_file(path, table.to_string(), before ? before->status.mode : 0644);
  transaction.commit();
  transaction.finish();
  return true;
}

}  // namespace krgboot
