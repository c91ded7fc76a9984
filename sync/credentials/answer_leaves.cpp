#include "sync/credentials/answer_leaves.hpp"

#include <nlohmann/json.hpp>
#include <vector>

namespace gatehouse::sync {
namespace {

using Leaves = std::map<std::string, std::string, std::less<>>;

/// The parser behind it keeps its own stack: no depth of nesting in the answer can exhaust ours.
class LeafCollector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit LeafCollector(Leaves& leaves) : leaves_(leaves) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return keep(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return keep(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& raw) override { return keep(raw); }
  bool string(string_t& value) override { return keep(value); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    is_object_ = is_object_ || (depth_ == 0 && arrays_ == 0);
    if (arrays_ == 0 && ++depth_ <= AnswerLeaves::depth_max) path_.emplace_back();
    return true;
  }
  bool end_object() override {
    if (arrays_ == 0 && depth_-- <= AnswerLeaves::depth_max) path_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return ++arrays_, true; }
  bool end_array() override { return --arrays_, true; }
  bool key(string_t& value) override {
    if (arrays_ == 0 && depth_ <= AnswerLeaves::depth_max) path_.back() = value;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  [[nodiscard]] bool is_object() const { return is_object_; }

 private:
  bool keep(std::string value) {
    if (arrays_ > 0 || depth_ == 0 || depth_ > AnswerLeaves::depth_max) return true;
    std::string path;
    for (const std::string& part : path_) path += (path.empty() ? "" : ".") + part;
    leaves_[path] = std::move(value);
    return true;
  }

  Leaves& leaves_;
  std::vector<std::string> path_;  ///< the key we are at, in each open object
  std::size_t depth_ = 0;          ///< of objects outside of arrays
  std::size_t arrays_ = 0;         ///< open around us
  bool is_object_ = false;
};

}  // namespace

std::optional<AnswerLeaves> AnswerLeaves::read(std::string_view body) {
  AnswerLeaves answer;
  LeafCollector collector(answer.leaves_);
  if (!nlohmann::json::sax_parse(body, &collector) || !collector.is_object()) return std::nullopt;
  return answer;
}

std::optional<std::string_view> AnswerLeaves::find(std::string_view path) const {
  const auto found = leaves_.find(path);
  if (found == leaves_.end()) return std::nullopt;
  return found->second;
}

}  // namespace gatehouse::sync
