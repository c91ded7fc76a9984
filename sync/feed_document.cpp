#include "sync/feed_document.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sync/instrument_document.hpp"
#include "sync/json_member.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

constexpr std::size_t shopper_keys_max = 256;
constexpr std::size_t json_depth_max = 64;
constexpr std::size_t text_max_bytes = 1024;  // of an id or a key
constexpr std::size_t loyalty_max_bytes = 16 * 1024;
constexpr std::size_t shown_seq_max_bytes = 24;  // CouchDB's are long; their beginning tells enough

bool is_true(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

bool is_acceptable(const std::string* text) {
  return text != nullptr && !text->empty() && text->size() <= text_max_bytes;
}

/// The parser keeps its own stack, and writing does not: what nests deeper is never written.
bool is_deeper_than(const json& value, std::size_t depth_max) {
  std::vector<std::pair<const json*, std::size_t>> open{{&value, 0}};
  while (!open.empty()) {
    const auto [each, depth] = open.back();
    open.pop_back();
    if (!each->is_structured()) continue;
    if (depth >= depth_max) return true;
    for (const json& inner : *each) open.emplace_back(&inner, depth + 1);
  }
  return false;
}

/// '' for what nests too deep to be a sequence.
std::string sequence_text(const json& sequence) {
  if (is_deeper_than(sequence, json_depth_max)) return "";
  const auto* text = sequence.get_ptr<const std::string*>();
  return text != nullptr ? *text : sequence.dump();
}

// Absent counts as the first choice. False: present, and neither of the two.
template <class T>
bool read_choice(const json& document, const char* name, std::pair<std::string_view, T> first,
                 std::pair<std::string_view, T> second, T& chosen) {
  chosen = first.second;
  if (member(document, name) == nullptr) return true;
  const auto* text = text_of(document, name);
  if (text == nullptr) return false;
  if (*text == second.first) chosen = second.second;
  return *text == first.first || *text == second.first;
}

std::string read_keys(const json& document, std::vector<std::string>& keys) {
  const json* array = member(document, "keys");
  if (array == nullptr) return {};
  if (!array->is_array() || array->size() > shopper_keys_max) {
    return fmt::format("keys is not an array of at most {} strings", shopper_keys_max);
  }
  for (const json& key : *array) {
    const auto* text = key.get_ptr<const std::string*>();
    if (!is_acceptable(text)) {
      return fmt::format("one of its keys is not a string of 1 to {} bytes", text_max_bytes);
    }
    keys.push_back(*text);
  }
  return {};
}

std::string read_loyalty(const json& document, std::string& loyalty) {
  const json* object = member(document, "loyalty");
  if (object == nullptr || object->is_null()) return {};
  if (!object->is_object()) return "loyalty is not an object";
  if (is_deeper_than(*object, json_depth_max)) {
    return fmt::format("loyalty nests deeper than {}", json_depth_max);
  }
  loyalty = object->dump();
  return loyalty.size() <= loyalty_max_bytes
             ? std::string{}
             : fmt::format("loyalty is longer than {} bytes", loyalty_max_bytes);
}

/// What is wrong with a shopper document, or '' with `put` filled in.
std::string read_shopper(const json& document, store::ShopperPut& put) {
  using store::Role;
  using store::Status;
  const auto* shopper_id = text_of(document, "shopperId");
  if (!is_acceptable(shopper_id)) {
    return fmt::format("shopperId is not a string of 1 to {} bytes", text_max_bytes);
  }
  put.shopper_id = *shopper_id;
  if (!read_choice<Role>(document, "role", {"SHOPPER", Role::shopper},
                         {"ASSOCIATE", Role::associate}, put.role)) {
    return "role is neither SHOPPER nor ASSOCIATE";
  }
  if (!read_choice<Status>(document, "status", {"ACTIVE", Status::active},
                           {"BLOCKED", Status::blocked}, put.status)) {
    return "status is neither ACTIVE nor BLOCKED";
  }
  if (auto wrong = read_keys(document, put.keys); !wrong.empty()) return wrong;
  return read_loyalty(document, put.loyalty);
}

void count_malformed(FeedBatch& batch, const json& row, std::string_view wrong) {
  ++batch.malformed;
  if (!batch.first_malformed.empty()) return;
  const json* sequence = member(row, "seq");
  const std::string seq = sequence == nullptr ? "?" : sequence_text(*sequence);
  batch.first_malformed = fmt::format("the change at seq {}: {}",
                                      std::string_view{seq}.substr(0, shown_seq_max_bytes), wrong);
}

template <class Put>
void take(FeedBatch& batch, const json& row, const std::string& wrong, Put&& put) {
  if (wrong.empty()) {
    batch.changes.emplace_back(std::forward<Put>(put));
  } else {
    count_malformed(batch, row, wrong);
  }
}

void read_document(FeedBatch& batch, const json& row, const std::string& id, const json& document) {
  const auto* type = text_of(document, "type");
  if (type != nullptr && *type == "shopper") {
    store::ShopperPut put;
    put.document_id = id;
    const auto wrong = read_shopper(document, put);
    take(batch, row, wrong, std::move(put));
  } else if (type != nullptr && *type == "instrument") {
    store::InstrumentPut put;
    const auto wrong = read_instrument(id, document, put);
    take(batch, row, wrong, std::move(put));
  } else {
    ++batch.ignored;
  }
}

/// False: the row has no `doc` at all, so the server does not know include_docs.
bool read_row(FeedBatch& batch, const json& row) {
  const auto* id = text_of(row, "id");
  if (!is_acceptable(id)) {
    count_malformed(batch, row, fmt::format("id is not a string of 1 to {} bytes", text_max_bytes));
    return true;
  }
  const json* document = member(row, "doc");
  if (is_true(row, "deleted") || (document != nullptr && is_true(*document, "_deleted"))) {
    batch.changes.emplace_back(store::ShopperRemove{*id});
    return true;
  }
  if (document == nullptr) return false;
  read_document(batch, row, *id, *document);
  return true;
}

}  // namespace

Result<FeedBatch> parse_changes(std::string_view body) {
  const json answer = json::parse(body, nullptr, /*allow_exceptions=*/false);
  const json* results = member(answer, "results");
  const json* last_seq = member(answer, "last_seq");
  if (results == nullptr || !results->is_array() || last_seq == nullptr || last_seq->is_null() ||
      is_deeper_than(*last_seq, json_depth_max)) {
    return failure(Remedy::reject,
                   "the answer is not one of CouchDB's _changes: expected a JSON object with "
                   "results and last_seq; check feed.url");
  }
  FeedBatch batch;
  batch.last_seq = sequence_text(*last_seq);
  batch.results = results->size();
  if (const json* pending = member(answer, "pending"); pending && pending->is_number_integer()) {
    batch.pending = pending->get<std::int64_t>();
  }
  for (const json& row : *results) {
    if (!read_row(batch, row)) {
      return failure(Remedy::reject,
                     "a result comes without doc: the feed must answer include_docs=true");
    }
  }
  return batch;
}

}  // namespace gatehouse::sync
