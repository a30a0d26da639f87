#include "krgboot/apply/observe.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/image/kernels.hpp"
#include "krgboot/system/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "image_fault.hpp"
#include "image_steps.hpp"
#include "system/hard_links.hpp"
#include "system/parallel.hpp"
#include "system/state_directory.hpp"

namespace krgboot {

namespace {

// Starting a thread takes as long as observing about ten files.
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
  seen.links = status->links;
  seen.fingerprint = fingerprint_of(*status);
  return seen;
}

/// Limit for reading a file that others may have filled: far more than krgboot writes there.
std::size_t text_limit(std::string_view image, std::size_t wanted) {
  return image.empty() ? default_read_limit : image_text_limit + 2 * wanted;
}

std::size_t size_of(const Edit& edit) {
  const auto* block = std::get_if<MarkedBlock>(&edit);
  return block == nullptr ? 0 : block->body.size();
}

bool is_text(const std::string& bytes) {
  return bytes.find('\0') == std::string::npos;
}

/// Observes the items of one plan. Names in one directory follow one another, so the last directory stays
/// open.
class Observer {
 public:
  explicit Observer(const Root& root) : root_(root) {}

  Observed look_at(const PlanItem& item) {
    const auto& about = item_of(item);
    return unless_faulty(about.within, about.path, about.origin,
                         [&] { return std::visit([&](const auto& i) { return look(i); }, item); });
  }

  Observed look_at_leftover(const Owned& owned) {
    return unless_faulty(owned.within, owned.path, "", [&] { return look(owned); });
  }

 private:
  /// The result of `look`; for an item in an image, its error becomes the item's fault.
  template <class Look>
  Observed unless_faulty(const std::string& image, std::string_view file, std::string_view origin,
                         Look look) {
    if (image.empty()) return look();
    Observed seen;
    auto fault = fault_of(root_, image, file, origin, [&] { seen = look(); });
    if (!fault) return seen;
    Observed faulty;
    faulty.fault = std::move(fault);
    return faulty;
  }

  Observed look(const WriteFile& item) {
    return within(item.within, [&] {
      return look_at_file(item.path, text_limit(item.within, item.content.size()),
                          [&](const std::string& bytes) { return bytes == item.content; });
    });
  }

  Observed look(const EditFile& item) {
    return within(item.within, [&] {
      return look_at_file(item.path, text_limit(item.within, size_of(item.edit)),
                          [&](const std::string& bytes) { return apply_edit(item.edit, bytes) == bytes; });
    });
  }

  // A copy lies on the server, so links in the image do not matter.
  Observed look(const CopyFile& item) {
    auto seen = look_at_status(item.path);
    seen.source = PathKind::absent;
    if (item.source_within.empty()) {
      compare_copy(seen, item, root_, item.source);
      return seen;
    }
    seen.fault = fault_of(root_, item.source_within, item.source, item.origin, [&] {
      if (is_directory(item.source_within))
        compare_copy(seen, item, root_.beneath(item.source_within),
                     item.source.substr(item.source_within.size()));
    });
    return seen;
  }

  Observed look(const MakeLink& item) {
    return within(item.within, [&] {
      auto seen = look_at_status(item.path);
      if (seen.kind == PathKind::symlink) {
        seen.text = root_.read_link(item.path);
        seen.same_content = seen.text == item.target;
      }
      return seen;
    });
  }

  // A symlink to a directory counts as a directory: administrators move TFTP roots to larger disks, and an
  // image may have symlinks of its own, which nodes resolve.
  Observed look(const MakeDirectory& item) {
    return within(item.within, [&] {
      if (item.within.empty()) return observed(root_.status_through_links(item.path));
      auto inside = item.path.substr(item.within.size());
      auto as_node_sees_it = root_.beneath(item.within).status_through_links(inside);
      if (as_node_sees_it && as_node_sees_it->kind == FileKind::directory) return observed(as_node_sees_it);
      auto seen = observed(root_.status(item.path));
      if (seen.kind == PathKind::symlink) seen.source = PathKind::symlink;  // a dangling symlink on a node
      return seen;
    });
  }

  Observed look(const Remove& item) {
    return within(item.within, [&] {
      return look_at_file(item.path, text_limit(item.within, 0), [](auto&) { return false; });
    });
  }

  Observed look(const Owned& owned) {
    return within(owned.within, [&] {
      if (owned.kind == Owned::Kind::directory) return look_at_status(owned.path);
      return look_at_file(owned.path, text_limit(owned.within, owned.edit.size()),
                          [](const std::string&) { return false; });
    });
  }

  /// The result of `look`, unless the way leads through a symlink in the image.
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
  Observed look_at_file(const std::string& path, std::size_t limit, Same same) {
    const auto* directory = parent(path);
    if (directory == nullptr) return {};
    std::optional<FileContent> content;
    try {
      content = directory->read(base_name(path), limit);
    } catch (const IoError& error) {
      // Not a file, or too large for krgboot's text: only its kind is known.
      auto number = error.error_number();
      if (number != ELOOP && number != EISDIR && number != EINVAL && number != ENXIO && number != EFBIG)
        throw;
      auto seen = look_at_status(path);
      if (seen.kind == PathKind::symlink) seen.text = directory->read_link(base_name(path));
      seen.too_large = number == EFBIG;
      return seen;
    }
    if (!content) return {};
    auto seen = observed(content->status);
    seen.same_content = same(content->bytes);
    if (!seen.same_content && seen.links > 1) seen.names = names_of_file(root_, path, content->status);
    if (!seen.same_content && is_text(content->bytes)) seen.text = std::move(content->bytes);
    return seen;
  }

  void compare_copy(Observed& seen, const CopyFile& item, const Root& source_root,
                    const std::string& source) const {
    auto status = source_root.status_through_links(source);
    if (!status) return;
    seen.source = kind_of(status->kind);
    if (status->kind != FileKind::file) return;
    if (item.role == Role::kernel && status->size > largest_boot_file)
      throw ConflictError("image.too_large", item.source,
                          fmt::format("{} is larger than 4 GiB: no machine loads it", item.source));
    if (seen.kind != PathKind::file) return;
    seen.same_content =
        status->size == seen.fingerprint.size && root_.same_content(source_root, source, item.path);
  }

  const Root& root_;
  std::optional<Directory> parent_;
  std::string parent_path_;
  bool known_ = false;
};

/// Observes the steps of each existing image.
void look_at_steps(const Root& root, const std::vector<ImageStep>& steps, Snapshot& snapshot) {
  for (auto begin = steps.begin(); begin != steps.end();) {
    const auto& image = begin->image;
    auto end = std::find_if(begin, steps.end(), [&](const auto& step) { return step.image != image; });
    auto seen = look_at_image_steps(root, image, {begin, end});
    std::move(seen.pending.begin(), seen.pending.end(), std::back_inserter(snapshot.steps));
    for (auto& fault : seen.faults) snapshot.faults.push_back({image, std::move(fault)});
    begin = end;
  }
}

}  // namespace

Root confining_images(const Root& root, const Plan& plan, const Manifest& manifest) {
  std::set<std::string, std::less<>> images;
  auto add = [&](std::string_view image) {
    if (!image.empty() && images.find(image) == images.end()) images.emplace(image);
  };
  for (const auto& item : plan.items) add(item_of(item).within);
  for (const auto& owned : manifest.entries) add(owned.within);
  return root.confining({images.begin(), images.end()});
}

Manifest read_manifest(const Root& root) {
  auto text = read_state_file(root, std::string(manifest_name));
  return text ? parse_manifest(*text) : Manifest{};
}

Snapshot observe(const Root& root, const Plan& plan) {
  Snapshot snapshot;
  snapshot.manifest = read_manifest(root);
  auto confined = confining_images(root, plan, snapshot.manifest);

  snapshot.items.resize(plan.items.size());
  in_parallel(plan.items.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    Observer observer(confined);
    for (auto i = begin; i < end; ++i) {
      snapshot.items[i] = observer.look_at(plan.items[i]);
    }
  });
  auto leftovers = leftovers_of(snapshot.manifest, plan);
  snapshot.leftovers.resize(leftovers.size());
  in_parallel(leftovers.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    Observer observer(confined);
    for (auto i = begin; i < end; ++i) {
      snapshot.leftovers[i] = observer.look_at_leftover(snapshot.manifest.entries[leftovers[i]]);
    }
  });
  look_at_steps(root, plan.steps, snapshot);
  return snapshot;
}

Fingerprint fingerprint(const Root& root, std::string_view path) {
  auto status = root.status(std::string(path));
  return status ? fingerprint_of(*status) : Fingerprint{};
}

}  // namespace krgboot
