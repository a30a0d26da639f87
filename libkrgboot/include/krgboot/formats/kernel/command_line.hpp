#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What a Linux kernel on x86 takes as its command line, in bytes, a final NUL included (COMMAND_LINE_SIZE;
/// syslinux' MAX_CMDLINE_LEN is the same).
inline constexpr std::size_t command_line_size = 2048;

/// Are these names of the same parameter to the kernel, which takes '-' and '_' for one another
/// (kernel/params.c)?
KRGBOOT_EXPORT bool same_parameter_name(std::string_view a, std::string_view b) noexcept;

/// One word of a kernel command line: "quiet", "mem=2G", "dyndbg=\"file a.c +p\"".
class KRGBOOT_EXPORT KernelParameter {
 public:
  /// A parameter without value. Throws ArgumentError "kernel_parameter.syntax" for an empty name or one with
  /// a blank, '=', '"' or control character.
  static KernelParameter flag(std::string_view name);

  /// NAME=VALUE. The value is put into double quotes where it holds blanks: the one function that quotes.
  /// Throws ArgumentError "kernel_parameter.syntax" for a name as above, "kernel_parameter.value" for a value
  /// that no quoting can carry: one with a control character, or with '"' in a place where the kernel, which
  /// has no escape for it, would not read it back.
  static KernelParameter assignment(std::string_view name, std::string_view value);

  /// One item of an `append:` list: one word as the kernel reads it, whose quotes stay as they are. A word
  /// that is one to everybody but the kernel, since it has the byte 0xA0 in it ("à" in UTF-8), is quoted.
  /// Throws ArgumentError as above, also for several words and for a quote that is never closed, which would
  /// swallow what follows.
  static KernelParameter from_item(std::string_view item);

  /// Name and value as the kernel takes them, without the quotes round them. nullopt: no '='.
  const std::string& name() const noexcept { return name_; }
  const std::optional<std::string>& value() const noexcept { return value_; }
  /// The word as it stands in the command line.
  const std::string& to_string() const noexcept { return text_; }

  bool is(std::string_view name) const noexcept { return same_parameter_name(name_, name); }
  /// Is it the word "--", after which init's arguments follow?
  bool is_separator() const noexcept { return name_ == "--" && !value_; }
  /// Has it a quote that is never closed? Whatever follows then becomes part of it.
  bool has_open_quote() const noexcept;

  friend bool operator==(const KernelParameter&, const KernelParameter&) = default;

 private:
  friend class KernelCommandLine;
  explicit KernelParameter(std::string_view word);  // one word, as the kernel's next_arg reads it
  std::string text_;
  std::string name_;
  std::optional<std::string> value_;
};

/// A kernel command line as a list of parameters, read as the kernel does (lib/cmdline.c next_arg):
///
///   line   = *( blank ) [ word *( 1*blank word ) ] *( blank )
///   blank  = space / \t / \n / \v / \f / \r / %xA0     ; the kernel's isspace is Latin-1
///   word   = NAME [ "=" VALUE ]
///
/// A '"' anywhere begins and ends a stretch in which blanks do not count; quotes round the whole word or
/// round the whole value are dropped, others stay. There is no escape. '-' and '_' in names are the same.
/// Words after the word "--" are not the kernel's but arguments of init. Order and unknown words are kept.
class KRGBOOT_EXPORT KernelCommandLine {
 public:
  KernelCommandLine() = default;

  /// The kernel reads any text; nullopt only for one with a NUL, where it would stop.
  static std::optional<KernelCommandLine> parse(std::string_view text);
  /// Throws ArgumentError "kernel_command_line.syntax".
  static KernelCommandLine from_string(std::string_view text);
  /// The words, each as it was written, with one space between them. Reads back as the same list.
  std::string to_string() const;

  /// The kernel's own parameters, in order: what stands before "--".
  const std::vector<KernelParameter>& parameters() const noexcept { return parameters_; }
  /// What stands after "--"; nullopt where there is none.
  const std::optional<std::vector<KernelParameter>>& init_arguments() const noexcept { return init_; }

  bool empty() const noexcept { return parameters_.empty() && !init_; }

  /// The last parameter of that name, the one that counts where it is given twice; nullptr where it is not
  /// given. The pointer holds until the next change.
  const KernelParameter* find(std::string_view name) const noexcept;
  std::vector<const KernelParameter*> find_all(std::string_view name) const;

  /// Adds at the end, but before "--". Throws ArgumentError "kernel_command_line.open_quote" where an open
  /// quote would swallow it, "kernel_command_line.separator" for a parameter that is "--" itself.
  void add(KernelParameter parameter);
  void add(const std::vector<KernelParameter>& parameters);
  /// Adds after "--", which it puts there if need be. Throws as above.
  void add_init_argument(KernelParameter argument);
  /// Removes every parameter of that name and tells how many there were.
  std::size_t remove(std::string_view name);

  friend bool operator==(const KernelCommandLine&, const KernelCommandLine&) = default;

 private:
  std::vector<KernelParameter> parameters_;
  std::optional<std::vector<KernelParameter>> init_;
};

}  // namespace krgboot
