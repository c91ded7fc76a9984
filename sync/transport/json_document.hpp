#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::sync {

enum class JsonKind : std::uint8_t { missing, null, boolean, number, string, array, object };

struct JsonTree;

/// One value of a JsonDocument, as long as that lives; `missing` where there is no such value, so
/// that a path can be followed without a question at every step. Cheap to copy.
class JsonValue {
 public:
  class Children;

  JsonValue() = default;  ///< missing
  JsonValue(const JsonTree& tree, std::size_t place) : tree_(&tree), place_(place) {}

  [[nodiscard]] JsonKind kind() const;
  [[nodiscard]] bool is(JsonKind kind_of_value) const { return kind() == kind_of_value; }
  /// Not there, or null, which many serialisers print for what is not there.
  [[nodiscard]] bool is_absent() const { return is(JsonKind::missing) || is(JsonKind::null); }

  /// Of a string; nullopt: it is none.
  [[nodiscard]] std::optional<std::string_view> text() const;
  /// Of a number or a string. A number is the characters that were sent: 15.90, 1E+2.
  [[nodiscard]] std::optional<std::string_view> scalar() const;
  [[nodiscard]] std::optional<bool> boolean() const;

  /// The member of an object that has this very name, dots and all.
  [[nodiscard]] JsonValue operator[](std::string_view name) const;
  /// By a path of names: "charge.amount" is the member amount of the member charge, and never a
  /// member that is called "charge.amount".
  [[nodiscard]] JsonValue find(std::string_view path) const;

  /// Its name, if it is a member of an object; else ''.
  [[nodiscard]] std::string_view name() const;
  /// The members of an object or the elements of an array, as they stand in the text.
  [[nodiscard]] Children children() const;

 private:
  const JsonTree* tree_ = nullptr;
  std::size_t place_ = 0;
};

class JsonValue::Children {
 public:
  class Iterator {
   public:
    using value_type = JsonValue;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    Iterator(const JsonTree* tree, std::size_t place) : tree_(tree), place_(place) {}
    JsonValue operator*() const { return {*tree_, place_}; }
    Iterator& operator++();
    Iterator operator++(int);
    bool operator==(const Iterator&) const = default;

   private:
    const JsonTree* tree_ = nullptr;
    std::size_t place_ = 0;
  };

  Children(Iterator first, Iterator last) : first_(first), last_(last) {}
  [[nodiscard]] Iterator begin() const { return first_; }
  [[nodiscard]] Iterator end() const { return last_; }
  [[nodiscard]] bool empty() const { return first_ == last_; }

 private:
  Iterator first_;
  Iterator last_;
};

/// Why a text is no document.
enum class NoDocument {
  syntax,     ///< no JSON: a page, half a document, a NUL, no UTF-8, a number beyond 1e308
  no_object,  ///< JSON, where only an object will do
  doubled,    ///< an object in it has two members of one name: whoever wrote it, which is meant?
  too_large,  ///< deeper, longer or of more values than the limits below
};

/// For a reason that a person reads, what came instead of a document: `if_none`, the caller's words
/// for something that is not the service's, or JSON that nothing is taken of, and why.
[[nodiscard]] std::string what_came(NoDocument why, std::string_view if_none);

/// What is done about an object with two members of one name.
enum class DoubledNames {
  refuse,  ///< NoDocument::doubled: wherever something is read that money or keys depend on
  keep,    ///< all are among the children; by its name the first one is found, as at the gate
};

/// What a service answers, or what the local API is asked: one small JSON text, read whole. It is
/// kept as it was sent, unknown members too (services.md 1.3: new attributes may be added), or it
/// is no document at all and nothing of it can be used: never half of one.
class JsonDocument {
 public:
  using Read = std::expected<JsonDocument, NoDocument>;

  /// Any bytes of any depth are safe to give. A byte order mark before it is no part of it.
  [[nodiscard]] static Read read(std::string_view text, DoubledNames = DoubledNames::refuse);
  /// The same where only an object will do.
  [[nodiscard]] static Read read_object(std::string_view text, DoubledNames = DoubledNames::refuse);

  [[nodiscard]] JsonValue root() const;
  [[nodiscard]] JsonValue operator[](std::string_view name) const { return root()[name]; }
  [[nodiscard]] JsonValue find(std::string_view path) const { return root().find(path); }

  /// A cart of the depth that the gate takes (64), with half as much around it, for the cloud may
  /// repeat it somewhere inside its answer. Only append_json() goes as deep on the stack.
  static constexpr std::size_t depth_max = 96;
  /// A cart of the largest size that the gate takes, with as much again around it.
  static constexpr std::size_t bytes_max = 2 * 1024 * 1024;
  /// 24 bytes of memory each. The largest cart of the gate has fewer, whatever it is made of.
  static constexpr std::size_t values_max = 600'000;

 private:
  explicit JsonDocument(std::shared_ptr<const JsonTree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const JsonTree> tree_;
};

/// Appends the value as JSON without blanks, its numbers as they were sent. `missing` is null.
void append_json(std::string& json, const JsonValue& value);

}  // namespace gatehouse::sync
