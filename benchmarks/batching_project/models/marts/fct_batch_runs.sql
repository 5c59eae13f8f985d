{{ batch_runs() }}
