{{ batching.batch_runs() }}
