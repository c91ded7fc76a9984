#include "sync/transport/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "store/values/json_text.hpp"

namespace gatehouse::sync {

/// The values in the order of the text, so that what is inside a value follows it; all that is text
/// stands in one string.
struct JsonTree {
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct Node {
    JsonKind kind = JsonKind::null;
    Piece name{};
    Piece text{};            ///< of a scalar
    std::uint32_t next = 0;  ///< the place behind it and all that is inside it
  };

  [[nodiscard]] std::string_view view(Piece piece) const {
    return std::string_view(texts).substr(piece.begin, piece.size);
  }
  Piece keep(std::string_view text) {
    const Piece piece{static_cast<std::uint32_t>(texts.size()),
                      static_cast<std::uint32_t>(text.size())};
    texts.append(text);
    return piece;
  }

  std::vector<Node> nodes;
  std::string texts;
};

namespace {

/// The parser behind it keeps its own stack: no depth of nesting can exhaust ours.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(JsonTree& tree, DoubledNames doubled_names)
      : tree_(tree), doubled_names_(doubled_names) {}

  bool null() override { return add(JsonKind::null, "null"); }
  bool boolean(bool value) override { return add(JsonKind::boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override {
    return add(JsonKind::number, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(JsonKind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& sent) override {
    return add(JsonKind::number, sent);
  }
  bool string(string_t& value) override { return add(JsonKind::string, value); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(JsonKind::object); }
  bool end_object() override {
    const std::size_t object = close();
    return doubled_names_ == DoubledNames::keep || !says_a_name_twice(object);
  }
  bool start_array(std::size_t) override { return open(JsonKind::array); }
  bool end_array() override {
    close();
    return true;
  }
  bool key(string_t& name) override {
    name_ = tree_.keep(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  [[nodiscard]] NoDocument why_not() const { return why_not_; }

 private:
  bool refuse(NoDocument why) {
    why_not_ = why;
    return false;
  }
  bool add(JsonKind kind, std::string_view text) {
    if (tree_.nodes.size() == JsonDocument::values_max) return refuse(NoDocument::too_large);
    const auto next = static_cast<std::uint32_t>(tree_.nodes.size() + 1);
    tree_.nodes.push_back({kind, std::exchange(name_, {}), tree_.keep(text), next});
    return true;
  }
  bool open(JsonKind kind) {
    if (open_.size() == JsonDocument::depth_max) return refuse(NoDocument::too_large);
    open_.push_back(tree_.nodes.size());
    return add(kind, {});
  }
  std::size_t close() {
    const std::size_t place = open_.back();
    open_.pop_back();
    tree_.nodes[place].next = static_cast<std::uint32_t>(tree_.nodes.size());
    return place;
  }
  bool says_a_name_twice(std::size_t object) {
    names_.clear();
    for (const JsonValue member : JsonValue(tree_, object).children()) {
      names_.push_back(member.name());
    }
    std::ranges::sort(names_);
    if (std::ranges::adjacent_find(names_) == names_.end()) return false;
    return !refuse(NoDocument::doubled);
  }

  JsonTree& tree_;
  DoubledNames doubled_names_;
  std::vector<std::size_t> open_;        ///< places of the objects and arrays around
  JsonTree::Piece name_{};               ///< of the value that comes next
  std::vector<std::string_view> names_;  ///< kept for its memory
  NoDocument why_not_ = NoDocument::syntax;
};

void append_children(std::string& json, const JsonValue& value, bool are_members) {
  bool first = true;
  for (const JsonValue child : value.children()) {
    if (!std::exchange(first, false)) json.append(1, ',');
    if (are_members) {
      append_json_string(json, child.name());
      json.append(1, ':');
    }
    append_json(json, child);
  }
}

}  // namespace

JsonKind JsonValue::kind() const {
  return tree_ == nullptr ? JsonKind::missing : tree_->nodes[place_].kind;
}

std::optional<std::string_view> JsonValue::text() const {
  return is(JsonKind::string) ? scalar() : std::nullopt;
}

std::optional<std::string_view> JsonValue::scalar() const {
  if (!is(JsonKind::string) && !is(JsonKind::number)) return std::nullopt;
  return tree_->view(tree_->nodes[place_].text);
}

std::optional<bool> JsonValue::boolean() const {
  if (!is(JsonKind::boolean)) return std::nullopt;
  return tree_->view(tree_->nodes[place_].text) == "true";
}

JsonValue JsonValue::operator[](std::string_view name) const {
  if (!is(JsonKind::object)) return {};
  for (const JsonValue member : children()) {
    if (member.name() == name) return member;
  }
  return {};
}

JsonValue JsonValue::find(std::string_view path) const {
  const auto dot = path.find('.');
  const JsonValue first = (*this)[path.substr(0, dot)];
  return dot == std::string_view::npos ? first : first.find(path.substr(dot + 1));
}

std::string_view JsonValue::name() const {
  return tree_ == nullptr ? std::string_view{} : tree_->view(tree_->nodes[place_].name);
}

JsonValue::Children JsonValue::children() const {
  if (tree_ == nullptr) return {{}, {}};
  return {{tree_, place_ + 1}, {tree_, tree_->nodes[place_].next}};
}

JsonValue::Children::Iterator& JsonValue::Children::Iterator::operator++() {
  place_ = tree_->nodes[place_].next;
  return *this;
}

JsonValue::Children::Iterator JsonValue::Children::Iterator::operator++(int) {
  const Iterator before = *this;
  ++*this;
  return before;
}

std::string what_came(NoDocument why, std::string_view if_none) {
  switch (why) {
    case NoDocument::syntax:
    case NoDocument::no_object:
      break;
    case NoDocument::doubled:
      return "JSON that has two members of one name in an object, so nothing of it is taken";
    case NoDocument::too_large:
      return fmt::format(
          "JSON that is longer or deeper than {} MiB, {} values or {} levels, so nothing of it is "
          "taken",
          JsonDocument::bytes_max / (1024 * 1024), JsonDocument::values_max,
          JsonDocument::depth_max);
  }
  return std::string(if_none);
}

JsonDocument::Read JsonDocument::read(std::string_view text, DoubledNames doubled_names) {
  if (text.size() > bytes_max) return std::unexpected(NoDocument::too_large);
  // It is in no JSON, but the parser takes it for the end of the text.
  if (text.contains('\0')) return std::unexpected(NoDocument::syntax);
  auto tree = std::make_shared<JsonTree>();
  Builder builder(*tree, doubled_names);
  if (!nlohmann::json::sax_parse(text, &builder)) return std::unexpected(builder.why_not());
  return JsonDocument(std::move(tree));
}

JsonDocument::Read JsonDocument::read_object(std::string_view text, DoubledNames doubled_names) {
  auto document = read(text, doubled_names);
  if (document && !document->root().is(JsonKind::object)) {
    return std::unexpected(NoDocument::no_object);
  }
  return document;
}

JsonValue JsonDocument::root() const {
  return {*tree_, 0};
}

void append_json(std::string& json, const JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::missing:
    case JsonKind::null:
      json += "null";
      return;
    case JsonKind::boolean:
      json += value.boolean() == true ? "true" : "false";
      return;
    case JsonKind::number:
      json += *value.scalar();
      return;
    case JsonKind::string:
      return append_json_string(json, *value.text());
    case JsonKind::array:
      json.append(1, '[');
      append_children(json, value, false);
      json.append(1, ']');
      return;
    case JsonKind::object:
      json.append(1, '{');
      append_children(json, value, true);
      json.append(1, '}');
      return;
  }
}

}  // namespace gatehouse::sync
