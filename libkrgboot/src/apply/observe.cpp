#include "krgboot/apply/observe.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/image/configure.hpp"
#include "krgboot/system/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "system/parallel.hpp"

namespace krgboot {

namespace {

// To start a thread takes as long as to look at some ten files.
constexpr std::size_t worth_a_thread = 500;

PathKind kind_of(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return PathKind::file;
    case FileKind::directory:
      return PathKind::directory;
    case FileKind::symlink:
      return PathKind::symlink;
    case FileKind::other:
      return PathKind::other;
  }
  throw InternalError("a kind of file without a name");
}

Fingerprint fingerprint_of(const FileStatus& status) {
  return {status.device, status.inode, status.size, status.mtime_ns, status.ctime_ns};
}

Observed observed(const std::optional<FileStatus>& status) {
  Observed seen;
  if (!status) return seen;
  seen.kind = kind_of(status->kind);
  seen.mode = status->mode;
  seen.fingerprint = fingerprint_of(*status);
  return seen;
}

bool is_text(const std::string& bytes) {
  return bytes.find('\0') == std::string::npos;
}

/// Walks the items of one plan. Names in one directory follow one another, so the last directory stays open.
class Observer {
 public:
  explicit Observer(const Root& root) : root_(root) {}

  Observed look(const WriteFile& item) {
    return within(item.only_within, [&] {
      return look_at_file(item.path, [&](const std::string& bytes) { return bytes == item.content; });
    });
  }

  Observed look(const EditFile& item) {
    return within(item.only_within, [&] {
      return look_at_file(item.path,
                          [&](const std::string& bytes) { return apply_edit(item.edit, bytes) == bytes; });
    });
  }

  Observed look(const CopyFile& item) {
    auto seen = look_at_status(item.path);
    std::optional<FileStatus> source;
    if (item.within.empty()) {
      source = root_.status_through_links(item.source);
      compare_copy(seen, source, root_, item.source, item.path);
    } else if (is_directory(item.within)) {
      auto image = root_.beneath(item.within);
      auto inside = item.source.substr(item.within.size());
      source = image.status_through_links(inside);
      compare_copy(seen, source, image, inside, item.path);
    }
    seen.source = source ? kind_of(source->kind) : PathKind::absent;
    return seen;
  }

  Observed look(const Link& item) {
    return within(item.only_within, [&] {
      auto seen = look_at_status(item.path);
      if (seen.kind == PathKind::symlink) {
        seen.text = root_.read_link(item.path);
        seen.same_content = seen.text == item.target;
      }
      return seen;
    });
  }

  // A link to a directory serves as one: admins move TFTP roots to larger disks, and images have links of
  // their own, which lead where they lead on a node.
  Observed look(const MakeDirectory& item) {
    return within(item.only_within, [&] {
      if (item.only_within.empty()) return observed(root_.status_through_links(item.path));
      auto inside = item.path.substr(item.only_within.size());
      auto as_node_sees_it = root_.beneath(item.only_within).status_through_links(inside);
      if (as_node_sees_it && as_node_sees_it->kind == FileKind::directory) return observed(as_node_sees_it);
      auto seen = observed(root_.status(item.path));
      if (seen.kind == PathKind::symlink) seen.source = PathKind::symlink;  // to nowhere, for a node
      return seen;
    });
  }

  Observed look(const Remove& item) {
    return within(item.only_within, [&] { return look_at_file(item.path, [](auto&) { return false; }); });
  }
  Observed look(const ReloadService&) { return {}; }

  Observed look_at_leftover(const Owned& owned) {
    return within(owned.within, [&] {
      if (owned.kind == Owned::Kind::directory) return look_at_status(owned.path);
      return look_at_file(owned.path, [](const std::string&) { return false; });
    });
  }

 private:
  /// What `look` sees, where the way there leads through no link of the image's.
  template <class Look>
  Observed within(const std::string& image, Look look) const {
    if (image.empty()) return look();
    Observed out_of_reach;
    if (!is_directory(image)) {
      out_of_reach.source = PathKind::absent;
      return out_of_reach;
    }
    try {
      return look();
    } catch (const IoError& error) {
      if (error.error_number() != ELOOP) throw;
      out_of_reach.source = PathKind::symlink;
      return out_of_reach;
    }
  }

  bool is_directory(const std::string& path) const {
    auto status = root_.status_through_links(path);
    return status && status->kind == FileKind::directory;
  }

  const Directory* parent(const std::string& path) {
    auto wanted = parent_path(path);
    if (!known_ || wanted != parent_path_) {
      parent_ = root_.directory(wanted);
      parent_path_ = std::move(wanted);
      known_ = true;
    }
    return parent_ ? &*parent_ : nullptr;
  }

  Observed look_at_status(const std::string& path) {
    const auto* directory = parent(path);
    return directory == nullptr ? Observed{} : observed(directory->status(base_name(path)));
  }

  template <class Same>
  Observed look_at_file(const std::string& path, Same same) {
    const auto* directory = parent(path);
    if (directory == nullptr) return {};
    std::optional<FileContent> content;
    try {
      content = directory->read(base_name(path));
    } catch (const IoError& error) {
      // Not a file, or one too large to be text of ours: its kind is all there is to know.
      auto number = error.error_number();
      if (number != ELOOP && number != EISDIR && number != EINVAL && number != ENXIO && number != EFBIG)
        throw;
      auto seen = look_at_status(path);
      if (seen.kind == PathKind::symlink) seen.text = directory->read_link(base_name(path));
      return seen;
    }
    if (!content) return {};
    auto seen = observed(content->status);
    seen.same_content = same(content->bytes);
    if (!seen.same_content && is_text(content->bytes)) seen.text = std::move(content->bytes);
    return seen;
  }

  void compare_copy(Observed& seen, const std::optional<FileStatus>& source, const Root& source_root,
                    const std::string& source_path, const std::string& path) const {
    if (!source || source->kind != FileKind::file || seen.kind != PathKind::file) return;
    seen.same_content =
        source->size == seen.fingerprint.size && root_.same_content(source_root, source_path, path);
  }

  const Root& root_;
  std::optional<Directory> parent_;
  std::string parent_path_;
  bool known_ = false;
};

/// Of each image that is there, by its own steps.
std::vector<PendingStep> pending_of_images(const Root& root, const std::vector<ImageStep>& steps) {
  std::vector<PendingStep> pending;
  for (auto begin = steps.begin(); begin != steps.end();) {
    auto end = std::find_if(begin, steps.end(), [&](const auto& step) { return step.image != begin->image; });
    auto status = root.status_through_links(begin->image);
    if (status && status->kind == FileKind::directory) {
      auto found = pending_steps(root.beneath(begin->image), {begin, end});
      std::move(found.begin(), found.end(), std::back_inserter(pending));
    }
    begin = end;
  }
  return pending;
}

}  // namespace

Root confining_images(const Root& root, const Plan& plan, const Manifest& manifest) {
  std::set<std::string, std::less<>> images;
  auto add = [&](std::string_view image) {
    if (!image.empty() && images.find(image) == images.end()) images.emplace(image);
  };
  for (const auto& item : plan.items) add(only_within_of(item));
  for (const auto& owned : manifest.entries) add(owned.within);
  return root.confining({images.begin(), images.end()});
}

Snapshot observe(const Root& unconfined, const Plan& plan) {
  Snapshot snapshot;
  auto manifest = unconfined.read_file(fmt::format("{}/{}", default_state_directory, manifest_name));
  if (manifest) snapshot.manifest = parse_manifest(*manifest);
  auto root = confining_images(unconfined, plan, snapshot.manifest);

  snapshot.items.resize(plan.items.size());
  in_parallel(plan.items.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    Observer observer(root);
    for (auto i = begin; i < end; ++i) {
      snapshot.items[i] = std::visit([&](const auto& item) { return observer.look(item); }, plan.items[i]);
    }
  });
  auto leftovers = leftovers_of(snapshot.manifest, plan);
  snapshot.leftovers.resize(leftovers.size());
  in_parallel(leftovers.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    Observer observer(root);
    for (auto i = begin; i < end; ++i) {
      snapshot.leftovers[i] = observer.look_at_leftover(snapshot.manifest.entries[leftovers[i]]);
    }
  });
  snapshot.steps = pending_of_images(unconfined, plan.steps);
  return snapshot;
}

Fingerprint fingerprint(const Root& root, std::string_view path) {
  auto status = root.status(std::string(path));
  return status ? fingerprint_of(*status) : Fingerprint{};
}

}  // namespace krgboot
