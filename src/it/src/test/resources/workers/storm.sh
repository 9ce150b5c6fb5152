# A worker that leaves orphans, which end with the exit codes 3 and 4 and are not waited for: so many as ORPHANS says, and
# then on until the file STOP is there.
made=0
echo "storm begins"
until [ $made -ge "$ORPHANS" ] && [ -e "$STOP" ]; do
    (for code in 3 4 3 4 3 4 3 4 3 4 3 4 3 4 3 4 3 4 3 4; do (exit $code) & done)
    made=$((made + 20))
done
echo "storm is over"
exec sleep 1000
