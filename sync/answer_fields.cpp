#include "sync/answer_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace gatehouse::sync {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

/// Collects scalars of depth 1 and 2. The parser behind it keeps its own stack: no depth of
/// nesting in the answer can exhaust ours.
class Collector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Collector(Fields& fields) : fields_(fields) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return keep(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return keep(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& raw) override { return keep(raw); }
  bool string(string_t& value) override { return keep(value); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    if (depth_ == 1 && arrays_ == 0) {
      parent_ = key_;
      fields_[parent_] = "{";
    }
    ++depth_;
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return false;
    return ++arrays_, true;
  }
  bool end_array() override { return --arrays_, true; }
  bool key(string_t& value) override {
    key_ = value;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  [[nodiscard]] bool is_object() const { return is_object_; }

 private:
  bool keep(std::string value) {
    if (depth_ == 0) return false;
    if (arrays_ > 0 || depth_ > 2) return true;
    fields_[depth_ == 1 ? key_ : parent_ + '.' + key_] = std::move(value);
    return true;
  }

  Fields& fields_;
  std::size_t depth_ = 0;   ///< of objects
  std::size_t arrays_ = 0;  ///< open around us
  std::string parent_;
  std::string key_;
  bool is_object_ = false;
};

bool is_currency(std::string_view code) {
  return code.size() == 3 &&
         std::ranges::all_of(code, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

}  // namespace

std::optional<AnswerFields> AnswerFields::read(std::string_view body) {
  AnswerFields answer;
  Collector collector(answer.fields_);
  if (!nlohmann::json::sax_parse(body, &collector) || !collector.is_object()) return std::nullopt;
  return answer;
}

std::optional<std::string_view> AnswerFields::find(std::string_view path) const {
  const auto found = fields_.find(path);
  if (found == fields_.end() || found->second == "{") return std::nullopt;
  return found->second;
}

bool AnswerFields::has_object(std::string_view name) const {
  const auto found = fields_.find(name);
  return found != fields_.end() && found->second == "{";
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
