#include "sync/transport/answer_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace gatehouse::sync {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;
using Objects = std::set<std::string, std::less<>>;

/// The parser behind it keeps its own stack: no depth of nesting in the answer can exhaust ours.
class Collector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Collector(Values& values, Objects& objects) : values_(values), objects_(objects) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return keep(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return keep(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& raw) override { return keep(raw); }
  bool string(string_t& value) override { return keep(value); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    is_object_ = is_object_ || (depth_ == 0 && arrays_ == 0);
    if (arrays_ > 0) return true;
    if (depth_ > 0 && depth_ <= AnswerFields::depth_max &&
        objects_.size() < AnswerFields::values_max) {
      objects_.insert(path());
    }
    if (++depth_ <= AnswerFields::depth_max) keys_.emplace_back();
    return true;
  }
  bool end_object() override {
    if (arrays_ == 0 && depth_-- <= AnswerFields::depth_max) keys_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return ++arrays_, true; }
  bool end_array() override { return --arrays_, true; }
  bool key(string_t& value) override {
    if (arrays_ > 0 || depth_ > AnswerFields::depth_max) return true;
    keys_.back() = value.size() <= AnswerFields::key_max_bytes ? value : std::string{};
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  [[nodiscard]] bool is_object() const { return is_object_; }

 private:
  [[nodiscard]] std::string path() const {
    std::string path;
    for (const std::string& key : keys_) path += (path.empty() ? "" : ".") + key;
    return path;
  }
  bool keep(std::string value) {
    if (arrays_ == 0 && depth_ > 0 && depth_ <= AnswerFields::depth_max &&
        values_.size() < AnswerFields::values_max) {
      values_[path()] = std::move(value);
    }
    return true;
  }

  Values& values_;
  Objects& objects_;
  std::vector<std::string> keys_;  ///< the one we are at, in each open object
  std::size_t depth_ = 0;          ///< of objects outside of arrays
  std::size_t arrays_ = 0;         ///< open around us
  bool is_object_ = false;
};

bool is_currency(std::string_view code) {
  return code.size() == 3 &&
         std::ranges::all_of(code, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

}  // namespace

std::optional<AnswerFields> AnswerFields::read(std::string_view body) {
  AnswerFields answer;
  Collector collector(answer.values_, answer.objects_);
  if (!nlohmann::json::sax_parse(body, &collector) || !collector.is_object()) return std::nullopt;
  return answer;
}

std::optional<std::string_view> AnswerFields::find(std::string_view path) const {
  const auto found = values_.find(path);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

bool AnswerFields::has_object(std::string_view path) const {
  return objects_.contains(path);
}

bool AnswerFields::has_at_top(std::string_view text) const {
  if (text.empty()) return false;
  return std::ranges::any_of(values_, [text](const auto& field) {
    return field.second == text && !field.first.contains('.');
  });
}

bool AnswerFields::names_an_error() const {
  return find("errorMsg") || find("message") || find("Message");
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<Money> money_in(const AnswerFields& fields, std::string_view name) {
  const auto amount = fields.find(fmt::format("{}.amount", name));
  const auto code = fields.find(fmt::format("{}.code", name));
  if (!amount || !code) {
    return failure(Remedy::reject, fmt::format("{0} lacks an amount or a code; expected "
                                               "\"{0}\":{{\"amount\":\"15.99\",\"code\":\"USD\"}}",
                                               name));
  }
  if (!is_currency(*code)) {
    return failure(Remedy::reject,
                   fmt::format("{}.code is not three capital letters such as USD", name));
  }
  auto money = parse_money(*amount, *code);
  if (!money) return propagate(std::move(money), name);
  return money;
}

}  // namespace gatehouse::sync
