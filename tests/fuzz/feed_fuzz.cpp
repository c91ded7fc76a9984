#include "sync/feed/feed_document.hpp"
#include "sync/feed/json_split.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::sync {
namespace {

using gate::require;
using nlohmann::json;

/// Whatever another JSON library takes has a structure, and is one value for the splitter too.
void check_structure(std::string_view body, const json& document) {
  if (body.contains('\0')) return;  // where that library takes a text to end
  JsonSplit split(body);
  JsonSlice slice;
  const bool whole = split.value(slice) && split.at_end();
  if (!document.is_discarded()) require(whole);
  if (whole) require(slice.depth == 0 || slice.text.size() >= 2);
}

void check_batch(const FeedBatch& batch) {
  if (batch.broken) {
    require(batch.changes.empty() && batch.flawed.last.empty() && batch.last_seq.empty());
    return;
  }
  require(!batch.last_seq.empty() && batch.last_seq.size() <= cursor_max_bytes);
  require(batch.changes.size() <= batch.results && batch.ignored <= batch.changes.size());
  for (const auto& change : batch.changes) {
    if (const auto* put = std::get_if<store::ShopperPut>(&change)) {
      require(!put->document_id.empty() && !put->shopper_id.empty());
      require(put->unclear.empty() || put->status == store::Status::blocked);
      require(put->loyalty.empty() || json::accept(put->loyalty));
    } else if (const auto* unclear = std::get_if<store::DocumentUnclear>(&change)) {
      require(!unclear->document_id.empty() && !unclear->unclear.empty());
    }
  }
}

/// A row whose neighbour is spoilt is read as it was before.
void check_neighbours(std::string_view body, const FeedBatch& batch) {
  constexpr std::string_view begin = R"({"results":[{"id":"spoilt","doc":{"type":)"
                                     "\"\xff\""
                                     R"(,"n":1e999}},)";
  constexpr std::string_view begin_as_it_was = R"({"results":[)";
  if (!body.starts_with(begin_as_it_was) || batch.results == 0 || batch.broken) return;
  const auto both = parse_changes(std::string(begin).append(body.substr(begin_as_it_was.size())));
  require(both && !both->broken);
  require(both->results == batch.results + 1 && both->changes.size() == batch.changes.size() + 1);
  require(both->flawed.total() == batch.flawed.total() + 1 && both->last_seq == batch.last_seq);
}

}  // namespace
}  // namespace gatehouse::sync

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::sync;
  const std::string_view body = gatehouse::gate::as_text(data, size);
  check_structure(body, nlohmann::json::parse(body, nullptr, false));
  if (const auto batch = parse_changes(body)) {
    check_batch(*batch);
    check_neighbours(body, *batch);
  }
  if (const auto peek = parse_peek(body)) check_batch(step_over(*peek, "too long"));
  return 0;
}
