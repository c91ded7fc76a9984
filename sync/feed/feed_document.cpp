#include "sync/feed/feed_document.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"
#include "sync/feed/instrument_document.hpp"
#include "sync/feed/json_member.hpp"
#include "sync/feed/json_split.hpp"
#include "sync/feed/readable_json.hpp"
#include "sync/feed/shopper_document.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

constexpr std::size_t shown_seq_max_bytes = 24;  // CouchDB's are long; their beginning tells enough

/// A longer row is not built up in memory as a whole: one of 8 MiB takes seconds where it has a
/// flaw.
constexpr std::size_t plain_row_max_bytes = 256 * 1024;
/// What this box reads of a row, and of a document.
constexpr std::array<std::string_view, 15> names{
    "id",   "seq",  "deleted", "_id",         "_deleted",  "type",  "shopperId", "status",
    "role", "keys", "loyalty", "outstanding", "authorize", "risks", "decision"};

json read_row(const JsonSlice& slice) {
  if (slice.text.size() <= plain_row_max_bytes && slice.depth <= json_depth_max) {
    json whole = json::parse(slice.text, nullptr, /*allow_exceptions=*/false);
    if (!whole.is_discarded()) return whole;
  }
  return read_named_members(slice.text, names, "doc");
}

/// An answer in its parts, which view its body.
struct Answer {
  std::vector<JsonSlice> rows;
  std::size_t rows_max = 0;
  bool too_many_rows = false;
  bool has_rows = false;
  bool rows_end = false;
  std::optional<JsonSlice> last_seq;
  std::string_view pending;
};

bool take_rows(JsonSplit& split, Answer& answer) {
  answer.has_rows = true;
  const auto each = [&] {
    answer.too_many_rows = answer.rows.size() == answer.rows_max;
    return !answer.too_many_rows && split.value(answer.rows.emplace_back());
  };
  return answer.rows_end = split.array(each);
}

/// False: it is not a JSON object from one end to the other, or says something twice.
bool split_answer(std::string_view body, Answer& answer) {
  JsonSplit split(body);
  const auto each = [&](std::string_view name) {
    if (name == R"("results")") {
      return !answer.has_rows && split.next_is('[') && take_rows(split, answer);
    }
    JsonSlice value;
    if (!split.value(value)) return false;
    if (name == R"("pending")") answer.pending = value.text;
    if (name != R"("last_seq")") return true;
    return std::exchange(answer.last_seq, value) == std::nullopt;
  };
  return split.object(each) && split.at_end();
}

/// What `since` has to carry; '' for what can be no sequence.
std::string sequence_text(const JsonSlice& slice) {
  if (slice.depth > json_depth_max || slice.text == "null") return "";
  if (slice.text.size() > member_max_bytes) return std::string(cursor_max_bytes + 1, ' ');
  const json value = json::parse(slice.text, nullptr, /*allow_exceptions=*/false);
  if (value.is_number()) return std::string(slice.text);
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  return value.is_discarded() ? "" : value.dump();
}

std::string shown_seq(const json& row) {
  const json* seq = member(row, "seq");
  if (seq == nullptr || seq->is_discarded() || seq->is_structured()) return "?";
  const auto* text = seq->get_ptr<const std::string*>();
  return (text != nullptr ? *text : seq->dump()).substr(0, shown_seq_max_bytes);
}

bool is_true(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// Reads the rows of one answer.
class Rows {
 public:
  explicit Rows(FeedBatch& batch) : batch_(batch) {}

  void read(const JsonSlice& slice);
  /// Of several rows none has a document: that is the server's fault (it does not know
  /// include_docs, or cannot open a document now), and says nothing of whom they are about.
  [[nodiscard]] bool lack_documents() const {
    return batch_.without_document > 1 && documents_ == 0;
  }
  /// Not even null.
  [[nodiscard]] bool lack_doc() const { return lack_documents() && nulls_ == 0; }

 private:
  void read_document(const json& document);
  void take_shopper(const json& document);
  void take_instrument(const json& document);
  void note(FeedFlaw flaw, std::string wrong);
  /// The version before must not stand, and nothing of this one can be used.
  void take_unclear(FeedFlaw flaw, std::string wrong);
  /// The same, if there is a version before.
  void take_untyped(std::string wrong);

  FeedBatch& batch_;
  std::string id_;   ///< of the row at hand
  std::string seq_;  ///< the same
  std::size_t documents_ = 0;
  std::size_t nulls_ = 0;  ///< rows with a `doc` that is none
};

void Rows::note(FeedFlaw flaw, std::string wrong) {
  batch_.flawed.add({flaw, id_, seq_, std::move(wrong)});
}

void Rows::take_unclear(FeedFlaw flaw, std::string wrong) {
  batch_.changes.emplace_back(store::DocumentUnclear{id_, wrong});
  note(flaw, std::move(wrong));
}

void Rows::read(const JsonSlice& slice) {
  const json row = read_row(slice);
  const json* document = member(row, "doc");
  seq_ = shown_seq(row);
  id_.clear();
  const auto* id = text_of(row, "id");
  if (!is_acceptable_id(id) && document != nullptr) id = text_of(*document, "_id");
  if (!is_acceptable_id(id)) {
    return note(FeedFlaw::no_id,
                fmt::format("its id is not a string of 1 to {} bytes", id_max_bytes));
  }
  id_ = *id;
  const bool removed =
      is_true(row, "deleted") || (document != nullptr && is_true(*document, "_deleted"));
  if (removed) {
    batch_.changes.emplace_back(store::ShopperRemove{id_});
  } else if (document == nullptr || !document->is_object()) {
    ++batch_.without_document;
    if (document != nullptr) ++nulls_;
    take_unclear(FeedFlaw::no_document, "it comes without its document");
  } else {
    ++documents_;
    read_document(*document);
  }
}

void Rows::read_document(const json& document) {
  const json* type = member(document, "type");
  if (type != nullptr && type->is_discarded()) {
    return take_unclear(FeedFlaw::unreadable, "its type cannot be read");
  }
  if (type != nullptr && *type == "shopper") return take_shopper(document);
  if (type != nullptr && *type == "instrument") return take_instrument(document);
  const auto* other = text_of(document, "type");
  if (other == nullptr || other->empty()) return take_untyped("its type is missing, or no text");
  ++batch_.ignored;
  batch_.changes.emplace_back(store::ShopperRemove{id_});
}

void Rows::take_untyped(std::string wrong) {
  batch_.untyped.push_back({batch_.changes.size(), {FeedFlaw::unreadable, id_, seq_, wrong}});
  batch_.changes.emplace_back(store::DocumentUnclear{id_, std::move(wrong)});
}

void Rows::take_shopper(const json& document) {
  auto reading = read_shopper(document);
  if (!reading.wrong_keys.empty()) return take_unclear(FeedFlaw::shopper, reading.wrong_keys);
  if (!reading.wrong.empty()) note(FeedFlaw::shopper, reading.wrong);
  if (!reading.wrong_loyalty.empty()) note(FeedFlaw::loyalty, reading.wrong_loyalty);
  reading.put.document_id = id_;
  if (reading.put.shopper_id.empty()) reading.put.shopper_id = id_;
  reading.put.unclear = std::move(reading.wrong);
  batch_.changes.emplace_back(std::move(reading.put));
}

void Rows::take_instrument(const json& document) {
  if (!store::is_instrument(id_)) {
    return take_unclear(FeedFlaw::instrument,
                        "its _id is not \"instrument:\" and Amazon's id of the instrument");
  }
  auto put = read_instrument(document);
  put.document_id = id_;
  if (!put.unclear.empty()) note(FeedFlaw::instrument, put.unclear);
  batch_.changes.emplace_back(std::move(put));
}

std::unexpected<Error> no_answer() {
  return failure(Remedy::reject,
                 "the answer is not one of CouchDB's _changes: expected a JSON object with "
                 "results and last_seq; check feed.url");
}

std::unexpected<Error> too_many_rows(std::size_t rows_max) {
  return failure(
      Remedy::reject,
      fmt::format("the answer has more than {} results: the feed must obey limit=", rows_max));
}

/// Where the feed stands after it; an error where it does not say so.
Result<std::string> read_last_seq(const Answer& answer) {
  if (!answer.has_rows || !answer.last_seq) return no_answer();
  std::string last_seq = sequence_text(*answer.last_seq);
  if (last_seq.empty()) return no_answer();
  if (last_seq.size() <= cursor_max_bytes) return last_seq;
  return failure(Remedy::reject,
                 fmt::format("the answer's last_seq has {} bytes, expected at most {}: it is not "
                             "kept; look at the feed's server",
                             last_seq.size(), cursor_max_bytes));
}

}  // namespace

Result<FeedBatch> parse_changes(std::string_view body, std::size_t rows_max,
                                const std::atomic<bool>* stopping) {
  Answer answer;
  answer.rows_max = rows_max;
  FeedBatch batch;
  if (!split_answer(body, answer)) {
    if (answer.too_many_rows) return too_many_rows(rows_max);
    if (!answer.has_rows || answer.rows_end) return no_answer();
    batch.broken = true;
    return batch;
  }
  auto last_seq = read_last_seq(answer);
  if (!last_seq) return propagate(std::move(last_seq));
  batch.last_seq = std::move(*last_seq);
  batch.pending = whole_number(answer.pending);
  batch.results = answer.rows.size();
  Rows rows(batch);
  for (const JsonSlice& row : answer.rows) {
    if (stopping != nullptr && *stopping) return failure(Remedy::retry, "gatehoused stops");
    rows.read(row);
  }
  if (rows.lack_doc()) {
    return failure(Remedy::reject,
                   "the results come without doc: the feed must answer include_docs=true");
  }
  if (rows.lack_documents()) {
    return failure(Remedy::reject,
                   "none of the results has a document in its doc: the feed's server cannot open "
                   "them; look at its log");
  }
  return batch;
}

Result<FeedPeek> parse_peek(std::string_view body) {
  Answer answer;
  answer.rows_max = rows_max_of(1);
  if (!split_answer(body, answer)) {
    if (answer.too_many_rows) return too_many_rows(answer.rows_max);
    return no_answer();
  }
  auto last_seq = read_last_seq(answer);
  if (!last_seq) return propagate(std::move(last_seq));
  FeedPeek peek;
  peek.last_seq = std::move(*last_seq);
  peek.pending = whole_number(answer.pending);
  peek.results = answer.rows.size();
  if (answer.rows.empty()) return peek;
  const json row = read_what_is_readable(answer.rows[0].text, answer.rows[0].depth);
  if (const auto* id = text_of(row, "id"); is_acceptable_id(id)) peek.id = *id;
  if (const json* changes = member(row, "changes")) peek.version = changes->dump();
  peek.seq = shown_seq(row);
  peek.removed = is_true(row, "deleted");
  return peek;
}

FeedBatch step_over(const FeedPeek& peek, const std::string& wrong) {
  FeedBatch batch;
  batch.results = peek.results;
  batch.last_seq = peek.last_seq;
  batch.pending = peek.pending;
  if (peek.removed && !peek.id.empty()) {
    batch.changes.emplace_back(store::ShopperRemove{peek.id});
    return batch;
  }
  batch.without_document = 1;
  if (!peek.id.empty()) batch.changes.emplace_back(store::DocumentUnclear{peek.id, wrong});
  const auto flaw = peek.id.empty() ? FeedFlaw::no_id : FeedFlaw::too_large;
  batch.flawed.add({flaw, peek.id, peek.seq, wrong});
  return batch;
}

}  // namespace gatehouse::sync
