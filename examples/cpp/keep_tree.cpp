// keep_tree DIRECTORY ARCHIVE: archives a directory tree with all its metadata, restores the archive beside
// it as ARCHIVE.check, compares both trees, and removes the copy. Takes root if the tree has owners of its
// own.

#include <filesystem>
#include <iostream>

#include <krgboot/base/error.hpp>
#include <krgboot/tree.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: keep_tree DIRECTORY ARCHIVE\n";
    return 64;
  }
  const auto archive = std::filesystem::absolute(argv[2]);
  const auto copy = archive.filename().string() + ".check";
  try {
    const krgboot::Root tree(argv[1]);
    krgboot::ArchiveOptions options;
    options.newest_mtime = krgboot::source_date_epoch();  // for an archive that can be reproduced
    options.replace = true;
    const auto written = krgboot::archive(tree, archive, options);
    std::cout << written.entries << " entries, " << written.bytes << " bytes\n";

    const krgboot::Root beside(archive.parent_path());
    krgboot::restore(archive, beside, "/" + copy);
    const auto report = krgboot::diff_trees(krgboot::tree_source(argv[1]),
                                            krgboot::tree_source(archive.parent_path() / copy));
    std::filesystem::remove_all(archive.parent_path() / copy);
    for (const auto& difference : report.differences) std::cout << to_string(difference) << '\n';
    std::cout << (report.same() ? "the archive has every bit" : "the archive differs") << '\n';
    return report.same() ? 0 : 1;
  } catch (const krgboot::Error& error) {
    std::cerr << "keep_tree: " << error.what() << '\n';
    return 1;
  }
}
