#include "loader.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "system/opening.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

constexpr std::size_t read_batch_items = 64;
constexpr std::uint64_t read_batch_bytes = small_file;
/// Buffer sizes. For contents: the last file of a batch may begin just before the limit. For digests: fits
/// into a core's cache between reading and hashing.
constexpr std::size_t contents_size = std::size_t{read_batch_bytes} + small_file;
constexpr std::size_t hashed_piece = std::size_t{256} << 10U;

std::string host_path_of(const WalkedEntry& walked) {
  const auto& directory = walked.directory->host_path;
  return walked.name == "." ? directory : joined_path(directory, walked.name);
}

bool is_sparse(const WalkedEntry& walked) noexcept {
  return walked.blocks * 512 < walked.entry.size;
}

/// Reads up to `size` bytes.
std::size_t read_some(int descriptor, char* to, std::size_t size, const std::string& host_path) {
  std::size_t filled = 0;
  while (filled < size) {
    auto got = system_call::retried([&] { return ::read(descriptor, to + filled, size - filled); });
    if (got < 0) throw IoError("read", host_path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(std::thread::hardware_concurrency(), 1U);
}

TreeLoader::TreeLoader(const Root& tree, Load load, const ScanOptions& options, Diagnostics& warnings)
    : load_(load),
      changed_(options.when_changed, warnings),
      walk_(tree, options.without_contents, options.allow_loss, changed_, warnings),
      window_(std::min(thread_count(options.threads), 16U) + std::size_t{2}),
      buffers_(wants_contents() ? contents_size : hashed_piece) {
  try {
    for (unsigned i = 1; i < std::min(thread_count(options.threads), 16U); ++i)
      threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // No more threads available: the existing threads and the caller's do the work.
  }
}

TreeLoader::~TreeLoader() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  todo_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void TreeLoader::work() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!load_waiting(lock)) todo_.wait(lock);
  }
}

bool TreeLoader::load_waiting(std::unique_lock<std::mutex>& lock) {
  auto waiting = std::find_if(batches_.begin(), batches_.end(),
                              [](const auto& batch) { return batch->state == Batch::State::waiting; });
  if (waiting == batches_.end()) return false;
  auto batch = *waiting;
  batch->state = Batch::State::taken;
  lock.unlock();
  load(*batch);
  lock.lock();
  batch->state = Batch::State::done;
  done_.notify_all();
  return true;
}

void TreeLoader::load(Batch& batch) {
  try {
    for (auto& item : batch.items) load(batch, item);
  } catch (...) {
    batch.failure = std::current_exception();
  }
}

void TreeLoader::load(Batch& batch, Item& item) {
  auto& walked = item.loaded.walked;
  if (!walked.entry.hard_link.empty()) return;  // same content as the first name
  auto host_path = host_path_of(walked);
  if (walked.entry.type != EntryType::file) {
    walked.entry.attributes = attributes_at(*walked.directory, walked.name, host_path);
    return;
  }
  auto file =
      open_at(walked.directory->descriptor.get(), walked.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) {
    if (errno != ENOENT && errno != ELOOP && errno != EINVAL) throw IoError("open", host_path, errno);
    item.trouble = errno == ENOENT ? "vanished" : "became something else";
    item.gone = true;
    return;
  }
  auto status = system_call::status_of(file.get(), host_path);
  if (status.device != walked.status.device || status.inode != walked.status.inode) {
    item.trouble = "became another file";
    item.gone = true;
    return;
  }
  walked.status = status;
  walked.entry.mode = status.mode;
  walked.entry.uid = status.uid;
  walked.entry.gid = status.gid;
  walked.entry.size = status.size;
  walked.entry.mtime_ns = status.mtime_ns;
  walked.entry.attributes = attributes_of(file.get(), host_path);
  if (load_ != Load::attributes) read(batch, item, std::move(file));
}

/// Reads the file into the batch's buffer.
std::uint64_t TreeLoader::read_content(Batch& batch, Item& item, int file, const std::string& host_path) {
  auto& entry = item.loaded.walked.entry;
  if (!batch.contents) batch.contents = buffers_.take();
  auto* start = batch.contents.get() + batch.used;
  auto got = read_some(file, start, static_cast<std::size_t>(entry.size), host_path);
  batch.used += got;
  auto content = std::string_view(start, got);
  item.loaded.content = content;
  if (load_ == Load::contents_with_digests) entry.sha256 = sha256_of(content);
  return got;
}

std::uint64_t TreeLoader::read_digest(Item& item, int file, const std::string& host_path) {
  auto& entry = item.loaded.walked.entry;
  auto buffer = buffers_.take();
  Sha256 digest;
  std::uint64_t got = 0;
  while (got < entry.size) {
    auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(entry.size - got, buffers_.size()));
    auto filled = read_some(file, buffer.get(), piece, host_path);
    if (filled == 0) break;
    digest.add({buffer.get(), filled});
    got += filled;
  }
  entry.sha256 = digest.finish();
  return got;
}

void TreeLoader::read(Batch& batch, Item& item, FileDescriptor file) {
  auto& walked = item.loaded.walked;
  auto& entry = walked.entry;
  auto host_path = host_path_of(walked);
  auto wanted = entry.size;
  // The file may have grown since it was added to the batch.
  if (wants_contents() &&
      (wanted > small_file || wanted > buffers_.size() - batch.used || is_sparse(walked))) {
    item.loaded.file = std::move(file);
    return;
  }
  auto got = wants_contents() ? read_content(batch, item, file.get(), host_path)
                              : read_digest(item, file.get(), host_path);
  auto now = system_call::status_of(file.get(), host_path);
  if (now.size < wanted || got < wanted) {
    item.trouble = "shrank";
  } else if (now.size > wanted) {
    item.trouble = "grew";
  } else if (now.mtime_ns != walked.status.mtime_ns) {
    item.trouble = "changed";
  }
  entry.size = got;
}

void TreeLoader::fill() {
  while (!walk_ended_ && batches_.size() < window_) {
    auto batch = std::make_shared<Batch>();
    std::uint64_t bytes = 0;
    while (batch->items.size() < read_batch_items && bytes < read_batch_bytes) {
      auto walked = walk_.next();
      if (!walked) {
        walk_ended_ = true;
        break;
      }
      // Files that stay open count too, so that descriptors do not run out.
      if (load_ != Load::attributes && walked->entry.hard_link.empty())
        bytes += walked->entry.size + (is_sparse(*walked) ? read_batch_bytes / 16 : 0);
      Item item;
      item.loaded.walked = std::move(*walked);
      batch->items.push_back(std::move(item));
    }
    if (batch->items.empty()) return;
    {
      std::lock_guard lock(mutex_);
      batches_.push_back(std::move(batch));
    }
    todo_.notify_one();
  }
}

std::shared_ptr<TreeLoader::Batch> TreeLoader::finished_batch() {
  fill();
  std::unique_lock lock(mutex_);
  if (batches_.empty()) return nullptr;
  auto first = batches_.front();
  while (first->state != Batch::State::done) {
    if (!load_waiting(lock)) done_.wait(lock);
  }
  batches_.pop_front();
  if (first->failure) std::rethrow_exception(first->failure);
  return first;
}

std::optional<LoadedEntry> TreeLoader::settled(Item& item) {
  auto& walked = item.loaded.walked;
  if (!walked.entry.hard_link.empty()) {
    if (!walked.first_name->path.empty()) {
      walked.entry.hard_link = walked.first_name->path;
      walked.entry.sha256 = walked.first_name->sha256;
      walked.entry.attributes = walked.first_name->attributes;
      return std::move(item.loaded);
    }
    // The first name has vanished: this one replaces it.
    walked.entry.hard_link.clear();
    load(*current_, item);
  }
  if (!item.trouble.empty()) changed_.report(walked.entry.path, host_path_of(walked), item.trouble);
  if (walked.first_name) {
    walked.first_name->path = item.gone ? std::string() : walked.entry.path;
    walked.first_name->sha256 = walked.entry.sha256;
    walked.first_name->attributes = walked.entry.attributes;
  }
  if (item.gone) return std::nullopt;
  return std::move(item.loaded);
}

std::optional<LoadedEntry> TreeLoader::next() {
  for (;;) {
    if (!current_) current_ = finished_batch();
    if (!current_) return std::nullopt;
    while (current_->at < current_->items.size()) {
      auto loaded = settled(current_->items[current_->at++]);
      if (loaded) return loaded;
    }
    current_.reset();
  }
}

}  // namespace krgboot
